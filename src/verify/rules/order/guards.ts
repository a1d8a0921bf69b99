import type { KubernetesObject, Layer, Model } from '../../model.ts';

/** Pods as a guard sees them. */
export interface Pods {
  kind: 'workload' | 'gateway' | 'release';
  namespace: string;
  /** Whether the namespace is one of applications, which admission policies are for. */
  isApp: boolean;
}

/** An object that denies something, and the pods that it is for. */
export interface Guard {
  layer: Layer;
  object: KubernetesObject;
  covers: (pods: Pods) => boolean;
}

const NETWORK = /^(networking\.k8s\.io\/NetworkPolicy|cilium\.io\/CiliumNetworkPolicy)$/;
const NETWORK_ALL = /^cilium\.io\/CiliumClusterwideNetworkPolicy$/;
const MESH =
  /^(security\.istio\.io\/(AuthorizationPolicy|PeerAuthentication)|policy\.linkerd\.io\/(Server|AuthorizationPolicy))$/;
const ADMISSION =
  /^(policies\.kyverno\.io\/(Image)?ValidatingPolicy|kyverno\.io\/ClusterPolicy|constraints\.gatekeeper\.sh\/.+|admissionregistration\.k8s\.io\/ValidatingAdmissionPolicy(Binding)?)$/;

/** Every object that guards pods; one a layer, kind and namespace is enough. */
export function guardsOf({ layers }: Model): Guard[] {
  const seen = new Set<string>();
  return layers.flatMap((layer) =>
    layer.objects.flatMap((object) => {
      const covers = coverage(object);
      const id = `${layer.name} ${object.group} ${object.kind} ${object.namespace}`;
      if (!covers || seen.has(id)) return [];
      seen.add(id);
      return [{ layer, object, covers }];
    }),
  );
}

function coverage({ group, kind, namespace }: KubernetesObject): Guard['covers'] | undefined {
  const id = `${group}/${kind}`;
  if (NETWORK.test(id)) return (pods) => pods.namespace === namespace;
  if (NETWORK_ALL.test(id)) return (pods) => pods.kind !== 'release';
  // The mesh's own controllers are not in it.
  if (MESH.test(id)) return (pods) => pods.kind !== 'release' && pods.namespace === namespace;
  return ADMISSION.test(id) ? (pods) => pods.isApp : undefined;
}
