import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend */
export const suspended: Rule = {
  id: 'reach/suspended',
  area: 'reach',
  severity: 'error',
  title: 'Something is suspended',
  why: 'Flux leaves the cluster as it is: changes in Git, and repairs of what was changed by hand, do not arrive.',
  fix: 'Remove suspend: true.',
  *check({ layers, objects }) {
    const all = new Set([...layers.map((one) => one.object), ...objects]);
    for (const object of all) {
      if (!object.group.endsWith('.toolkit.fluxcd.io') || dig(object.body, 'spec', 'suspend') !== true)
        continue;
      yield hit(object, ['spec', 'suspend'], `${nameOf(object)} is suspended`);
    }
  },
};
