import { layersBefore } from '../../gitops/order.ts';
import type { Layer, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { needsOf } from './needs.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#wait */
export const waitsForLater: Rule = {
  id: 'order/waits-for-later',
  area: 'order',
  severity: 'error',
  title: 'A layer waits for what a later one brings',
  why: 'It is never ready, so the later layer never starts: the cluster stops half-way.',
  fix: 'Move the object to a later layer, turn the order round, or set wait: false.',
  *check(model) {
    for (const layer of model.layers.filter((one) => one.waits)) {
      for (const need of needsOf(model, layer)) {
        const isLater = (other: Layer) => layersBefore(model).get(other)!.has(layer);
        if (need.makers.length === 0 || !need.makers.every(isLater)) continue;
        const [maker] = need.makers;
        yield hit(
          need.object,
          need.path,
          `${nameOf(need.object)} is not ready without ${need.what} of layer ${maker!.name}, which waits for ${layer.name}`,
        );
      }
    }
  },
};
