import { networkPolicies } from './cilium.ts';
import { ofKind, selects, type Any, type KubernetesObject, type Labels, type Pod } from './objects.ts';

export interface Connection {
  from: Pod;
  to: Pod;
  port: number;
  protocol?: string;
}

/**
 * Whether the rendered network policies let a connection between two pods through: both ends must agree,
 * and pods that no policy of a direction selects accept everything (Kubernetes, "Network Policies"). Addresses never match a pod.
 */
export function reachability(objects: KubernetesObject[]): (connection: Connection) => boolean {
  const policies = networkPolicies(objects);
  const namespaces = new Map(
    ofKind(objects, 'Namespace').map((one) => [one.metadata.name, one.metadata.labels ?? {}]),
  );
  const labelsOf = (name: string): Labels => ({
    ...namespaces.get(name),
    'kubernetes.io/metadata.name': name,
  });

  function matchesPeer(peer: Any, other: Pod, home: string): boolean {
    if (peer.ipBlock || peer.entity || peer.host) return false;
    const namespace = peer.namespaceSelector
      ? selects(peer.namespaceSelector, labelsOf(other.namespace))
      : other.namespace === home;
    return namespace && selects(peer.podSelector ?? {}, other.labels);
  }

  function allows(
    direction: 'Ingress' | 'Egress',
    subject: Pod,
    other: Pod,
    { port, protocol = 'TCP' }: Connection,
  ): boolean {
    const selecting = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === subject.namespace &&
        spec.policyTypes.includes(direction) &&
        selects(spec.podSelector, subject.labels),
    );
    if (selecting.length === 0) return true;
    const [rules, peers] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
    const matchesPort = (one: Any) =>
      (one.protocol ?? 'TCP') === protocol &&
      (one.port === undefined || (one.port <= port && port <= (one.endPort ?? one.port)));
    return selecting.some((policy) =>
      (policy.spec[rules] ?? []).some(
        (rule: Any) =>
          (rule.ports ?? [{ protocol }]).some(matchesPort) &&
          (!rule[peers] || rule[peers].some((peer: Any) => matchesPeer(peer, other, subject.namespace))),
      ),
    );
  }

  return (connection) =>
    allows('Egress', connection.from, connection.to, connection) &&
    allows('Ingress', connection.to, connection.from, connection);
}
