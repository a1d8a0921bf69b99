import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { Layer, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, idOf } from '../../references.ts';
import { hit } from '../../selectors.ts';
import { makersOf } from './makers.ts';

/** What an object cannot work without, by its kind. A Gateway is not among them: its certificates need it first. */
const NEEDS = new Map<string, RegExp>(
  Object.entries({
    ...Object.fromEntries(
      ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'HelmRelease'].map((kind) => [
        kind,
        /^(Secret|ConfigMap|ServiceAccount|PersistentVolumeClaim)$/,
      ]),
    ),
    Issuer: /^(Secret|Gateway)$/,
    ClusterIssuer: /^(Secret|Gateway)$/,
    Certificate: /^(Cluster)?Issuer$/,
    HTTPRoute: /^Gateway$/,
    GRPCRoute: /^Gateway$/,
    Gateway: /^GatewayClass$/,
    ExternalSecret: /^(Cluster)?SecretStore$/,
    SecretStore: /^(ServiceAccount|Secret)$/,
    ClusterSecretStore: /^(ServiceAccount|Secret)$/,
  }),
);

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies */
export const lateReference: Rule = {
  id: 'order/late-reference',
  area: 'order',
  severity: 'warning',
  title: 'An object is applied before what it names',
  why: 'It fails, or its pods wait, until the other layer happens to arrive; a layer that waits for it can time out first.',
  fix: 'Let the layer wait for the one that brings what is named.',
  *check(model) {
    const layerOf = new Map(
      model.layers.flatMap((layer) => layer.objects.map((one) => [one, layer] as const)),
    );
    const makers = makersOf(model);
    const seen = new Set<string>();
    for (const { from, path, kind, namespace, name } of allReferences(model)) {
      const layer = layerOf.get(from);
      if (!layer || !NEEDS.get(from.kind)?.test(kind)) continue;
      const bringing = makers.get(idOf(kind, namespace, name)) ?? [];
      const [maker] = bringing;
      if (!maker || bringing.some((one) => isInTime(one, layer, layersBefore(model).get(layer)!))) continue;
      const id = `${layer.name} ${maker.name}`;
      if (seen.has(id)) continue;
      seen.add(id);
      const message = `${nameOf(from)} needs ${nameOf({ kind, namespace, name })} of layer ${maker.name}, and layer ${layer.name} does not wait for it`;
      yield hit(from, path, message, waitFix(layer, maker));
    }
  },
};

const isInTime = (maker: Layer, layer: Layer, before: Set<Layer>): boolean =>
  maker === layer || before.has(maker);
