import type { Layer, Model } from '../model.ts';
import { isFluxKustomization } from './flux.ts';

const orders = new WeakMap<Model, Map<Layer, Set<Layer>>>();

/**
 * The layers that are applied before each layer: those that it waits for, and those that they wait for.
 * A layer that holds another layer's object comes before it too.
 */
export function layersBefore(model: Model): Map<Layer, Set<Layer>> {
  const known = orders.get(model);
  if (known) return known;
  const direct = directlyBefore(model.layers);
  const before = new Map(model.layers.map((layer) => [layer, closure(layer, direct)]));
  orders.set(model, before);
  return before;
}

/** The layers that a layer names, and the one that holds its object. */
function directlyBefore(layers: Layer[]): Map<Layer, Layer[]> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const parents = new Map(
    layers.flatMap((layer) =>
      layer.objects.filter(isFluxKustomization).map((object) => [object.name, layer]),
    ),
  );
  return new Map(
    layers.map((layer) => {
      const parent = parents.get(layer.name);
      const named = layer.dependsOn.flatMap((name) => byName.get(name) ?? []);
      return [layer, parent && parent !== layer ? [...named, parent] : named];
    }),
  );
}

function closure(layer: Layer, direct: Map<Layer, Layer[]>): Set<Layer> {
  const found = new Set<Layer>();
  const waiting = [...(direct.get(layer) ?? [])];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(direct.get(next) ?? []));
  }
  return found;
}

/** The layers that come after a layer, in the order of the repository. */
export const layersAfter = (model: Model, layer: Layer): Layer[] =>
  model.layers.filter((other) => layersBefore(model).get(other)!.has(layer));

/** Where to write that one layer waits for another. */
export const waitFix = (layer: Layer, other: Layer): string =>
  `add "- name: ${other.name}" to dependsOn of layer ${layer.name} in ${layer.object.file}`;
