import { sourcesOf } from '../../gitops/kinds.ts';
import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { KubernetesObject, Layer, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text } from '../../selectors.ts';
import { guardsOf, type Guard } from './guards.ts';

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/ (pods that no policy selects accept everything) */
export const lateGuard: Rule = {
  id: 'order/late-guard',
  area: 'order',
  severity: 'error',
  title: 'Pods start before what guards them',
  why: 'Until the later layer is applied they are open, or run with what a policy would have refused.',
  fix: 'Let the layer of the pods wait for the layer of the control.',
  *check(model) {
    const guards = guardsOf(model);
    for (const layer of model.layers) {
      const before = layersBefore(model).get(layer)!;
      const seen = new Set<Layer>();
      for (const object of layer.objects) {
        const pods = podsOf(object, model);
        if (!pods) continue;
        for (const guard of guards) {
          if (
            guard.layer === layer ||
            before.has(guard.layer) ||
            seen.has(guard.layer) ||
            !guard.covers(pods)
          )
            continue;
          if (bringsKindOf(model, layer, guard.object)) continue;
          seen.add(guard.layer);
          const message = `${nameOf(object)} starts before ${nameOf(guard.object)}: layer ${layer.name} does not wait for ${guard.layer.name}`;
          yield hit(object, [], message, waitFix(layer, guard.layer));
        }
      }
    }
  },
};

/** A guard whose kind the layer itself brings cannot come first. */
function bringsKindOf(model: Model, layer: Layer, guard: KubernetesObject): boolean {
  const sources = sourcesOf(model, guard);
  return typeof sources !== 'string' && sources.some((one) => one.layer === layer);
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod']);

/** Where the pods of an object run, and what kind of object makes them. */
function podsOf(object: KubernetesObject, model: Model): Parameters<Guard['covers']>[0] | undefined {
  const { kind, namespace } = object;
  if (WORKLOADS.has(kind)) return { kind: 'workload', namespace, isApp: isApp(model, namespace) };
  if (kind === 'Gateway' && object.group === 'gateway.networking.k8s.io')
    return { kind: 'gateway', namespace, isApp: false };
  if (kind !== 'HelmRelease') return undefined;
  return {
    kind: 'release',
    namespace: text(dig(object.body, 'spec', 'targetNamespace')) || namespace,
    isApp: false,
  };
}

const isApp = ({ declared }: Model, namespace: string): boolean =>
  declared.namespaces.some((one) => one.kind === 'app' && one.name === namespace);
