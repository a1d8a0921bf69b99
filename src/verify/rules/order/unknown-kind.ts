import { sourcesOf, type Source } from '../../gitops/kinds.ts';
import { gates } from '../../gitops/gates.ts';
import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { Hit, KubernetesObject, Layer, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';

/** Seen with the real controllers: one object of a kind that is not there yet blocks the rest of its Kustomization. */
export const unknownKind: Rule = {
  id: 'order/unknown-kind',
  area: 'order',
  severity: 'error',
  title: 'A kind is used before the layer that brings it',
  why: 'The API server refuses the object ("no matches for kind"), and with it everything else of its layer.',
  fix: 'Let the layer wait for the one that brings the kind, and let that one wait until it is ready.',
  *check(model) {
    for (const layer of model.layers) {
      const seen = new Set<string>();
      for (const object of layer.objects) {
        const id = `${object.group}/${object.kind}`;
        if (seen.has(id)) continue;
        seen.add(id);
        const found = problemOf(model, layer, object);
        if (found) yield found;
      }
    }
  },
};

function problemOf(model: Model, layer: Layer, object: KubernetesObject): Hit | undefined {
  const sources = sourcesOf(model, object);
  if (typeof sources === 'string') return undefined;
  const at = ['apiVersion'];
  const what = `${nameOf(object)} is of ${object.group}`;
  if (sources.length === 0) return hit(object, at, `${what}, which nothing of the repository brings`);
  const before = layersBefore(model).get(layer)!;
  if (sources.some((source) => isThere(source, layer, before))) return undefined;
  const { layer: bringing, release } = sources[0]!;
  if (bringing === layer)
    return hit(
      object,
      at,
      `${what}, which ${nameOf(release!)} of the same layer brings: it is not there in time`,
      `move it to a layer that waits for ${layer.name}`,
    );
  if (!before.has(bringing))
    return hit(
      object,
      at,
      `${what}, which layer ${bringing.name} brings, and layer ${layer.name} does not wait for it`,
      waitFix(layer, bringing),
    );
  return hit(
    bringing.object,
    ['spec'],
    `layer ${layer.name} needs ${object.group}, and layer ${bringing.name} does not wait until ${nameOf(release!)} has brought it`,
    'set wait: true',
  );
}

const isThere = ({ layer: bringing, release }: Source, layer: Layer, before: Set<Layer>): boolean =>
  bringing === layer ? !release : before.has(bringing) && (!release || gates(bringing));
