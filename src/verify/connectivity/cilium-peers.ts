import type { KubernetesObject } from '../model.ts';
import type { Path } from '../selectors.ts';
import { EVERYWHERE } from './address.ts';
import { inNamespace, NAMESPACE_NAME, requirementsOf, type PodMatch } from './label-selector.ts';
import { everyone } from './network-policy.ts';
import type { Peer } from './types.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
/** A label that Cilium gives each pod: its ServiceAccount. */
export const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';
const CLUSTER = 'io.cilium.k8s.policy.cluster';

/**
 * The pods of an EndpointSelector. In a CiliumNetworkPolicy it means the policy's own namespace unless it names another; in a
 * clusterwide one, every namespace. https://docs.cilium.io/en/stable/security/policy/kubernetes/#namespaces
 */
export function ciliumSelector(selector: unknown, { kind, namespace }: KubernetesObject): PodMatch {
  const clusterwide = kind === 'CiliumClusterwideNetworkPolicy';
  const all = requirementsOf(selector)
    .map((one) => ({ ...one, key: one.key.replace(/^(k8s|any)[:.]/, '') }))
    .filter(({ key }) => key !== CLUSTER);
  const named = all.filter(({ key }) => key === NAMESPACE).map((one) => ({ ...one, key: NAMESPACE_NAME }));
  // "io.cilium.k8s.namespace.labels will be ignored in CiliumNetworkPolicy resources."
  const labelled = all
    .filter(({ key }) => clusterwide && key.startsWith(NAMESPACE_LABELS))
    .map((one) => ({ ...one, key: one.key.slice(NAMESPACE_LABELS.length) }));
  const home = named.length || clusterwide ? [] : inNamespace(namespace);
  return {
    namespaces: [...home, ...named, ...labelled],
    pods: all.filter(({ key }) => key !== NAMESPACE && !key.startsWith(NAMESPACE_LABELS)),
  };
}

/** What an entity stands for: https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based */
export function entityPeer(entity: string, path: Path): Partial<Peer> {
  if (entity === 'all') return everyone(path);
  if (entity === 'none') return {};
  // "Allowing to world is identical to allowing to CIDR 0.0.0.0/0."
  if (entity === 'world') return { addresses: EVERYWHERE };
  if (entity === 'cluster') {
    const inside = ['host', 'remote-node', 'init', 'health', 'unmanaged', 'ingress', 'kube-apiserver'];
    return { pods: { namespaces: [], pods: [] }, names: inside.map((one) => `entity:${one}`) };
  }
  return { names: [`entity:${entity}`] };
}

/**
 * Whether a DNS pattern matches a name: `*` within a part of it, `*` alone every name, `**.` parts in front.
 * https://docs.cilium.io/en/stable/security/policy/layer3/#dns-based
 */
export function matchesDnsName(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  const parts = pattern.split(/(\*\*\.|\*)/).map((part) => {
    if (part === '**.') return '([^.]+\\.)+';
    return part === '*' ? '[^.]*' : part.replace(/[.\\+?()[\]{}|^$]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(name);
}
