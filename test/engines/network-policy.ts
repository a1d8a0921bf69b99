import { asNetworkPolicy } from '../cilium.ts';
import type { KubeObject } from './cluster.ts';
import type { Pod } from './releases.ts';

export interface Labels {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PolicyPort {
  port?: number | string;
  endPort?: number;
  protocol?: string;
}

/** Pods, addresses, or what only a network plugin can name. */
interface PolicyPeer {
  namespaceSelector?: Labels;
  podSelector?: Labels;
  ipBlock?: { cidr: string };
  entity?: string;
  host?: string;
}

export interface PolicyRule {
  ports?: PolicyPort[];
  from?: PolicyPeer[];
  to?: PolicyPeer[];
}

export interface NetworkPolicy extends KubeObject {
  spec: { podSelector: Labels; policyTypes: string[]; ingress?: PolicyRule[]; egress?: PolicyRule[] };
}

/** A network policy, Cilium's in the same form; nothing for other objects. */
export function networkPolicy(object: KubeObject): NetworkPolicy[] {
  if (object.kind === 'NetworkPolicy' && object.apiVersion === 'networking.k8s.io/v1')
    return [object as NetworkPolicy];
  return object.apiVersion === 'cilium.io/v2' && object.kind === 'CiliumNetworkPolicy'
    ? [asNetworkPolicy(object) as NetworkPolicy]
    : [];
}

/** Whether a peer names pods: addresses, hosts and entities are none. */
export const isPods = ({ ipBlock, entity, host }: PolicyPeer): boolean => !ipBlock && !entity && !host;

export function selects(
  { matchLabels = {}, matchExpressions = [] }: Labels,
  labels: Record<string, string>,
): boolean {
  const has = ({ key, operator, values = [] }: NonNullable<Labels['matchExpressions']>[number]) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  };
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(has)
  );
}

export const isWhole = ({ matchLabels = {}, matchExpressions = [] }: Labels): boolean =>
  !Object.keys(matchLabels).length && !matchExpressions.length;

export const selectsPod = ({ metadata, spec }: NetworkPolicy, pod: Pod): boolean =>
  metadata.namespace === pod.namespace && selects(spec.podSelector, pod.labels);

/** The pods that a peer names. */
export function peerPods(peer: PolicyPeer, own: string, pods: Pod[]): Pod[] {
  const { namespaceSelector, podSelector } = peer;
  if (!isPods(peer)) return [];
  return pods.filter(({ namespace, labels }) => {
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, { 'kubernetes.io/metadata.name': namespace })
      : namespace === own;
    return inNamespace && selects(podSelector ?? {}, labels);
  });
}

const covers = ({ port, endPort, protocol = 'TCP' }: PolicyPort, wanted: number, wantedProtocol: string) =>
  protocol === wantedProtocol &&
  (port === undefined ||
    port === wanted ||
    (typeof port === 'number' && endPort !== undefined && port <= wanted && wanted <= endPort));

export const opens = ({ ports }: PolicyRule, wanted: number, protocol = 'TCP'): boolean =>
  !ports || ports.some((port) => covers(port, wanted, protocol));

/** The ports that a pod's containers declare, sidecars among the init containers too. */
export const portsOf = ({ spec }: Pod) =>
  [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports);

export const listensOn = (pod: Pod, port: PolicyPort): boolean =>
  portsOf(pod).some(
    ({ name, containerPort, protocol = 'TCP' }) =>
      (port.port === containerPort || port.port === name) && protocol === (port.protocol ?? 'TCP'),
  );
