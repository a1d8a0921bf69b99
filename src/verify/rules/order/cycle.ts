import { layersBefore } from '../../gitops/order.ts';
import type { Rule } from '../../model.ts';
import { hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies */
export const cycle: Rule = {
  id: 'order/cycle',
  area: 'order',
  severity: 'error',
  title: 'Layers wait for each other',
  why: 'None of them is ever applied.',
  fix: 'Remove the entry under dependsOn that leads back.',
  *check(model) {
    const before = layersBefore(model);
    for (const layer of model.layers) {
      const waitedFor = before.get(layer)!;
      if (!waitedFor.has(layer)) continue;
      const back = layer.dependsOn.findIndex((name) => {
        const other = model.layers.find((one) => one.name === name);
        return other && (other === layer || before.get(other)!.has(layer));
      });
      if (back < 0) continue;
      const message = `layer ${layer.name} waits for ${layer.dependsOn[back]}, which waits for ${layer.name}`;
      yield hit(layer.object, ['spec', 'dependsOn', back], message);
    }
  },
};
