import type { Layer } from '../model.ts';
import { records, dig } from '../selectors.ts';

/**
 * Whether later layers wait until the objects of a layer are ready.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#wait and #health-checks
 */
export const gates = (layer: Layer): boolean =>
  layer.waits || records(dig(layer.object.body, 'spec', 'healthChecks')).length > 0;
