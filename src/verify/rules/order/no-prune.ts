import { isOwnSource, specOf } from '../../gitops/flux.ts';
import type { Rule } from '../../model.ts';
import { hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#prune */
export const noPrune: Rule = {
  id: 'order/no-prune',
  area: 'order',
  severity: 'warning',
  title: 'What leaves Git stays in the cluster',
  why: 'A rule that allows something, taken out of Git, goes on allowing it: the repository no longer says what is open.',
  fix: 'Set prune: true on the layer, and keep single objects with an annotation.',
  *check({ layers }) {
    for (const { name, object, prunes } of layers) {
      if (prunes || !isOwnSource(specOf(object))) continue;
      yield hit(
        object,
        ['spec', 'prune'],
        `layer ${name} does not delete what leaves Git`,
        'set prune: true',
      );
    }
  },
};
