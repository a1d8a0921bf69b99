import { gates } from '../../gitops/gates.ts';
import type { Rule } from '../../model.ts';
import { hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies (without wait, `applied` is all that is waited for) */
export const notAwaited: Rule = {
  id: 'order/not-awaited',
  area: 'order',
  severity: 'error',
  title: 'A layer counts as ready before its releases are installed',
  why: 'Later layers start while the controller that they need is not there: pods run without sidecar or policy.',
  fix: 'Set wait: true on the layer.',
  *check({ layers }) {
    for (const layer of layers) {
      const release = layer.objects.find((one) => one.kind === 'HelmRelease');
      const later = layers.filter((one) => one.dependsOn.includes(layer.name)).map((one) => one.name);
      if (!release || later.length === 0 || gates(layer)) continue;
      const message = `layer ${layer.name} does not wait for ${release.name}, and ${later.join(', ')} ${later.length > 1 ? 'rely' : 'relies'} on it`;
      yield hit(layer.object, ['spec', 'wait'], message, 'set wait: true');
    }
  },
};
