import type { Rule } from '../../model.ts';
import { dig, ofKind } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/helm/helmreleases/ */
export const release: Rule = {
  id: 'select/release',
  area: 'select',
  severity: 'error',
  title: 'A controller that the choices need is installed',
  why: 'Policies, certificates and encrypted secrets do nothing without the controller that reads them.',
  fix: 'Restore the HelmRelease, or change the choice in zero-trust.yaml.',
  *check(model) {
    const releases = ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease', 'argoproj.io/Application');
    for (const { name, namespace, file } of model.declared.releases) {
      const installed = releases.some(
        (one) =>
          (dig(one.body, 'spec', 'releaseName') ?? one.name) === name &&
          (dig(one.body, 'spec', 'targetNamespace') ?? one.namespace) === namespace,
      );
      if (!installed) yield { file: `${file}.yaml`, message: `nothing installs ${name} in ${namespace}` };
    }
  },
};
