import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { KubernetesObject, Layer, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { isClusterWide } from '../../references.ts';
import { dig, hit, text } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
export const lateNamespace: Rule = {
  id: 'order/late-namespace',
  area: 'order',
  severity: 'error',
  title: 'A namespace is used before the layer that makes it',
  why: 'The API server refuses objects of a namespace that does not exist, and the layer fails until somebody makes it.',
  fix: 'Let the layer wait for the one that makes the namespace.',
  *check(model) {
    const makers = makersOf(model.layers);
    for (const layer of model.layers) {
      const before = layersBefore(model).get(layer)!;
      const seen = new Set<string>();
      for (const object of layer.objects) {
        for (const namespace of namespacesOf(object)) {
          const maker = makers.get(namespace);
          if (!maker || seen.has(namespace) || maker === layer || before.has(maker)) continue;
          seen.add(namespace);
          const message = `${nameOf(object)} needs namespace ${namespace} of layer ${maker.name}, and layer ${layer.name} does not wait for it`;
          yield hit(object, ['metadata', 'namespace'], message, waitFix(layer, maker));
        }
      }
    }
  },
};

const makersOf = (layers: Layer[]): Map<string, Layer> =>
  new Map(
    layers.flatMap((layer) =>
      layer.objects
        .filter((one) => one.kind === 'Namespace' && one.group === '')
        .map((one) => [one.name, layer] as const),
    ),
  );

function namespacesOf(object: KubernetesObject): string[] {
  const own = isClusterWide(object.kind) ? '' : object.namespace;
  if (object.kind !== 'HelmRelease') return own ? [own] : [];
  const spec = dig(object.body, 'spec');
  const target = dig(spec, 'install', 'createNamespace') === true ? '' : text(dig(spec, 'targetNamespace'));
  return [own, target, text(dig(spec, 'storageNamespace'))].filter(Boolean);
}
