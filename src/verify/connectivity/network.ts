import type { Addresses } from './address.ts';
import { meansPod, type PodIndex } from './pod-index.ts';
import { EVERY_PORT, joinPorts, withoutPorts, type PortRange } from './port.ts';
import type { Direction, NetworkPolicy, NetworkRule, Peer, Pod, PortMatch } from './types.ts';

/** What the network policies together let through at one pod, of whatever API group they are. */
export interface Network {
  /** Policies that deny what none of them allows; without one, everything passes. */
  isolating: (pod: Pod, direction: Direction) => NetworkPolicy[];
  /** Rules, denials among them, that mean the other pod. */
  rules: (pod: Pod, direction: Direction, other: Pod) => NetworkRule[];
  /** Rules whose peers are not pods, each with those peers. */
  outside: (pod: Pod, direction: Direction) => { rule: NetworkRule; peer: Peer }[];
  /** Ports that one pod's own policies let through to or from the other. */
  ports: (pod: Pod, direction: Direction, other: Pod) => PortRange[];
  /** Pods that some rule may mean, without a look at all others; undefined where every pod may be. */
  candidates: (pod: Pod, direction: Direction) => Pod[] | undefined;
  policies: NetworkPolicy[];
}

/** The rules of one pod in one direction. */
interface Side {
  isolating: NetworkPolicy[];
  exact: Map<Pod, NetworkRule[]>;
  broad: { rule: NetworkRule; peer: Peer }[];
  outside: { rule: NetworkRule; peer: Peer }[];
}

const DIRECTIONS = ['ingress', 'egress'] as const;

/**
 * Policies add up: a connection passes one side when no policy isolates the pod there, or when some rule of any policy allows
 * it and none denies it; denials win ("Deny policies take precedence over allow policies, regardless of whether they are a
 * Cilium Network Policy, a Clusterwide Cilium Network Policy or even a Kubernetes Network Policy",
 * https://docs.cilium.io/en/stable/security/policy/deny/).
 */
export function networkOf(policies: NetworkPolicy[], index: PodIndex): Network {
  const sides = new Map<Pod, Record<Direction, Side>>();
  for (const policy of policies) {
    for (const pod of index.find(policy.subject)) addPolicy(sidesOf(sides, pod), policy, index);
  }
  const none = newSide();
  const sideOf = (pod: Pod, direction: Direction) => sides.get(pod)?.[direction] ?? none;
  const rules: Network['rules'] = (pod, direction, other) => {
    const { exact, broad } = sideOf(pod, direction);
    const means = ({ everything, pods }: Peer) => everything || (pods && meansPod(pods, other));
    return [...(exact.get(other) ?? []), ...broad.filter(({ peer }) => means(peer)).map(({ rule }) => rule)];
  };
  return {
    policies,
    isolating: (pod, direction) => sideOf(pod, direction).isolating,
    outside: (pod, direction) => sideOf(pod, direction).outside,
    rules,
    candidates: (pod, direction) => {
      const { isolating, exact, broad } = sideOf(pod, direction);
      if (isolating.length === 0 || broad.some(({ peer }) => peer.everything)) return undefined;
      return [...exact.keys(), ...broad.flatMap(({ peer }) => (peer.pods ? index.find(peer.pods) : []))];
    },
    ports: (pod, direction, other) => {
      const found = rules(pod, direction, other);
      const receiver = direction === 'ingress' ? pod : other;
      const ports = (denies: boolean) =>
        found.filter((rule) => rule.denies === denies).flatMap((rule) => resolvePorts(rule, receiver));
      const allowed = sideOf(pod, direction).isolating.length ? joinPorts(ports(false)) : EVERY_PORT;
      const denied = ports(true);
      return denied.length ? withoutPorts(allowed, denied) : allowed;
    },
  };
}

const newSide = (): Side => ({ isolating: [], exact: new Map(), broad: [], outside: [] });

function sidesOf(sides: Map<Pod, Record<Direction, Side>>, pod: Pod): Record<Direction, Side> {
  const known = sides.get(pod) ?? { ingress: newSide(), egress: newSide() };
  sides.set(pod, known);
  return known;
}

function addPolicy(sides: Record<Direction, Side>, policy: NetworkPolicy, index: PodIndex): void {
  for (const direction of DIRECTIONS) if (policy.isolates[direction]) sides[direction].isolating.push(policy);
  for (const rule of policy.rules)
    for (const peer of rule.peers) addPeer(sides[rule.direction], rule, peer, index);
}

/** A peer with a label is looked up once; one that means whole namespaces is kept as it is, or the sides would grow with their product. */
function addPeer(side: Side, rule: NetworkRule, peer: Peer, index: PodIndex): void {
  const { everything, pods, addresses, names } = peer;
  if (everything || addresses.length || names.length) side.outside.push({ rule, peer });
  if (everything || pods?.pods.length === 0) {
    side.broad.push({ rule, peer });
  } else if (pods) {
    for (const pod of index.find(pods)) {
      const known = side.exact.get(pod);
      if (!known) side.exact.set(pod, [rule]);
      else if (!known.includes(rule)) known.push(rule);
    }
  }
}

/** The ports of a rule in numbers: a name is of the receiving pod's ports, and of none where that has no such name. */
export function resolvePorts(rule: NetworkRule, receiver: Pod): PortRange[] {
  if (rule.ports.length === 0) return EVERY_PORT;
  if (isNumeric(rule.ports)) return rule.ports;
  return rule.ports.flatMap((one): PortRange[] => {
    if ('ports' in one) return [one];
    return receiver.ports
      .filter((port) => port.name === one.name && port.protocol === one.protocol)
      .map(({ port, protocol }) => ({ protocol, ports: [port, port + 1] }));
  });
}

const isNumeric = (ports: PortMatch[]): ports is PortRange[] => ports.every((one) => 'ports' in one);

/** Addresses and names outside that a pod's policies let through on a port; undefined where no policy isolates it. */
export function outsideAllowed(
  network: Network,
  pod: Pod,
  direction: Direction,
  onPort: (ports: PortRange[]) => boolean,
): { addresses: Addresses; denied: Addresses; names: Set<string>; everything: boolean } | undefined {
  if (network.isolating(pod, direction).length === 0) return undefined;
  const here = network.outside(pod, direction).filter(({ rule }) => onPort(resolvePorts(rule, pod)));
  const allowed = here.filter(({ rule }) => !rule.denies).map(({ peer }) => peer);
  return {
    addresses: allowed.flatMap((peer) => peer.addresses),
    denied: here.filter(({ rule }) => rule.denies).flatMap(({ peer }) => peer.addresses),
    names: new Set(allowed.flatMap((peer) => peer.names)),
    everything: allowed.some((peer) => peer.everything),
  };
}
