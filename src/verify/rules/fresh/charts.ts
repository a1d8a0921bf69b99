import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, text, type Path } from '../../selectors.ts';

/** The chart that a HelmRelease installs, with the place that says its version. */
export interface Chart {
  release: KubernetesObject;
  name: string;
  namespace: string;
  version: string;
  object: KubernetesObject;
  path: Path;
}

const SOURCE = 'source.toolkit.fluxcd.io';

/** Charts by HelmRepository, and by OCIRepository, whose tag is the version: https://fluxcd.io/flux/components/helm/helmreleases/#chart-reference */
export function chartsOf(model: Model): Chart[] {
  const repositories = ofKind(model, `${SOURCE}/OCIRepository`);
  return ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease').map((release) => {
    const { body, namespace } = release;
    const reference = dig(body, 'spec', 'chartRef', 'name');
    const repository = repositories.find(
      (one) =>
        one.name === reference && one.namespace === (dig(body, 'spec', 'chartRef', 'namespace') ?? namespace),
    );
    const path = repository ? ['spec', 'ref', 'tag'] : ['spec', 'chart', 'spec', 'version'];
    const object = repository ?? release;
    return {
      release,
      name: text(dig(body, 'spec', 'releaseName')) || release.name,
      namespace: text(dig(body, 'spec', 'targetNamespace')) || namespace,
      version: String(dig(object.body, ...path) ?? ''),
      object,
      path,
    };
  });
}
