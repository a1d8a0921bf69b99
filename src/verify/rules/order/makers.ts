import type { KubernetesObject, Layer, Model } from '../../model.ts';
import { idOf } from '../../references.ts';
import { fetchedName } from '../../secrets/fetched.ts';
import { dig, text } from '../../selectors.ts';

const indexes = new WeakMap<Model, Map<string, Layer[]>>();

/** The layers that hold an object, or another that a controller makes it from. */
export function makersOf(model: Model): Map<string, Layer[]> {
  const known = indexes.get(model);
  if (known) return known;
  const index = new Map<string, Layer[]>();
  for (const layer of model.layers) {
    for (const object of layer.objects) {
      for (const id of madeBy(object)) index.set(id, [...(index.get(id) ?? []), layer]);
    }
  }
  indexes.set(model, index);
  return index;
}

function madeBy(object: KubernetesObject): string[] {
  const { kind, namespace, name, body } = object;
  const own = idOf(kind, namespace, name);
  const made =
    kind === 'SealedSecret'
      ? name
      : kind === 'ExternalSecret'
        ? fetchedName(object)
        : kind === 'Certificate'
          ? text(dig(body, 'spec', 'secretName'))
          : '';
  return made ? [own, idOf('Secret', namespace, made)] : [own];
}
