import type { Endpoint, Flow } from '../../types/connections.ts';
import type { KubernetesObject } from '../model.ts';
import type { Path } from '../selectors.ts';
import { matchesDnsName } from './cilium-peers.ts';
import { contains, EVERYWHERE, PUBLIC, type Addresses } from './address.ts';
import type { Connectivity } from './connectivity.ts';
import { OUTSIDE, wirePort } from './declared.ts';
import { subtract } from './interval.ts';
import { outsideAllowed, resolvePorts } from './network.ts';
import { STRANGER } from './namespaces.ts';
import { groupBy } from './pod-index.ts';
import { hasPort } from './port.ts';
import { isUnregistered } from './service-entry.ts';
import type { Direction, NetworkPolicy, Pod } from './types.ts';

/** A declared connection that one layer stops. */
export interface Block {
  flow: Flow;
  from: string;
  to: string;
  layer: Direction | 'mutual TLS' | 'authorization' | 'mesh registry';
  why: string;
  /** What denies; absent where something is missing altogether. */
  object?: KubernetesObject;
  path: Path;
  /** The pod whose namespace would hold what is missing. */
  at: Pod;
}

type Way = Pick<Flow, 'from' | 'to' | 'port' | 'protocol'>;

export type Found = Omit<Block, 'flow' | 'from' | 'to'> | undefined;

/** Every declared connection that does not get through, and the first layer on its way that stops it. */
export function blockedFlows(c: Connectivity): Block[] {
  const pods = podsOfEndpoints(c);
  return c.declared.flows.flatMap((flow) =>
    ends(flow.from, pods).flatMap((from) =>
      ends(flow.to, pods).flatMap((to) => {
        c.looked.pairs++;
        const found = blockOf(c, flow, from, to);
        const name = (end: Pod | Endpoint) => ('id' in end ? end.id : end.name);
        return found ? [{ ...found, flow, from: name(from), to: name(to) }] : [];
      }),
    ),
  );
}

export const podsOfEndpoints = (c: Connectivity): Map<string, Pod[]> =>
  groupBy(c.index.pods, (pod) => pod.endpoints);

const ends = (endpoint: Endpoint, pods: Map<string, Pod[]>): (Pod | Endpoint)[] =>
  endpoint.kind === 'pods' ? (pods.get(endpoint.id) ?? []) : [endpoint];

function blockOf(c: Connectivity, flow: Flow, from: Pod | Endpoint, to: Pod | Endpoint): Found {
  if ('id' in from) return 'id' in to ? undefined : fromOutside(c, flow, to);
  return 'id' in to ? toOutside(c, flow, from) : betweenPods(c, flow, from, to);
}

function betweenPods(c: Connectivity, flow: Flow, from: Pod, to: Pod): Found {
  const { protocol } = flow;
  const port = wirePort(from, to, flow.port, protocol);
  if (!hasPort(c.network.ports(from, 'egress', to), port, protocol))
    return byNetwork(c, from, 'egress', port, to);
  if (!hasPort(c.network.ports(to, 'ingress', from), port, protocol))
    return byNetwork(c, to, 'ingress', port, from);
  return byMesh(c, flow, from, to);
}

function byMesh(
  c: Connectivity,
  { port, protocol }: Pick<Flow, 'port' | 'protocol'>,
  from: Pod,
  to: Pod,
): Found {
  const decision = c.mesh.decide(from, to, port, protocol);
  if (decision.allowed || decision.layer === 'none') return undefined;
  const { layer, why, object, path = [] } = decision;
  const [nearest] = c.mesh.allowing(to).toSorted((a, b) => specificity(b) - specificity(a));
  const blamed = object ?? nearest?.object;
  return { layer, why, path, at: to, ...(blamed && { object: blamed }) };
}

const specificity = ({ subjects }: { subjects: NetworkPolicy['subject'][] }) =>
  Math.max(0, ...subjects.map(({ pods, namespaces }) => pods.length * 2 + namespaces.length));

/** The policy that comes nearest to allowing it: one with a rule for the peer, or the port, or for just these pods. */
export function byNetwork(c: Connectivity, pod: Pod, direction: Direction, port: number, other?: Pod): Found {
  const denial = other && c.network.rules(pod, direction, other).find((rule) => rule.denies);
  if (denial)
    return { layer: direction, why: 'a rule denies it', object: denial.object, path: denial.path, at: pod };
  const meaning = new Set(other && c.network.rules(pod, direction, other));
  const receiver = direction === 'ingress' || !other ? pod : other;
  const score = (policy: NetworkPolicy) =>
    specificity({ subjects: [policy.subject] }) +
    // Of two that say nothing of it, the one that only denies.
    (policy.rules.length === 0 ? 1 : 0) +
    Math.max(
      0,
      ...policy.rules
        .filter((rule) => rule.direction === direction)
        .map((rule) => {
          const numbers = resolvePorts(rule, receiver);
          const onPort = numbers.some(({ ports }) => ports[0] <= port && port < ports[1]);
          return (meaning.has(rule) ? 8 : 0) + (onPort ? 4 : 0);
        }),
    );
  const policies = c.network.isolating(pod, direction).toSorted((a, b) => score(b) - score(a));
  const [nearest] = policies;
  const why = `${pod.name} is isolated, and no rule allows it`;
  return {
    layer: direction,
    why,
    path: ['spec', direction],
    at: pod,
    ...(nearest && { object: nearest.object }),
  };
}

/** What stops a connection from outside to a pod. */
export function fromOutside(c: Connectivity, flow: Omit<Way, 'to'>, to: Pod): Found {
  const { port, protocol } = flow;
  const allowed = outsideAllowed(c.network, to, 'ingress', (ports) => hasPort(ports, port, protocol));
  // What the API server sends comes by an address of its node, wherever it is itself.
  const wanted = flow.from.kind === 'api-server' ? EVERYWHERE : c.declared.addressesOf(flow.from);
  if (allowed && !reaches(allowed, wanted) && !names(flow.from, allowed.names, 'ingress'))
    return byNetwork(c, to, 'ingress', port);
  // From anyone means pods of every namespace as well.
  const stranger = c.index.pods.find(({ namespace, mesh }) => namespace === STRANGER && mesh === '');
  if (
    flow.from.kind === 'anyone' &&
    stranger &&
    !hasPort(c.network.ports(to, 'ingress', stranger), port, protocol)
  )
    return byNetwork(c, to, 'ingress', port, stranger);
  return byMesh(c, flow, OUTSIDE, to);
}

/** What stops a connection from a pod to a place outside. */
export function toOutside(c: Connectivity, flow: Omit<Way, 'from'>, from: Pod): Found {
  const { port, protocol, to } = flow;
  const allowed = outsideAllowed(c.network, from, 'egress', (ports) => hasPort(ports, port, protocol));
  if (allowed) {
    const byName = names(to, allowed.names, 'egress');
    if (byName && to.kind === 'host' && !asksForNames(c, from, to.host))
      return {
        ...byNetwork(c, from, 'egress', port)!,
        why: `no rule lets the network see the answers of DNS for ${to.host} (rules.dns)`,
      };
    const addresses = c.declared.addressesOf(to);
    const wanted = to.kind === 'host' ? PUBLIC : addresses.length ? addresses : EVERYWHERE;
    if (!byName && !reaches(allowed, wanted)) return byNetwork(c, from, 'egress', port);
  }
  if (!isUnregistered(c.serviceEntries, c.mesh.settings, from, flow)) return undefined;
  const why = 'no ServiceEntry registers it, and the mesh is set to REGISTRY_ONLY';
  return { layer: 'mesh registry', why, path: [], at: from };
}

interface Allowed {
  addresses: Addresses;
  denied: Addresses;
  everything: boolean;
}

const reaches = ({ addresses, denied, everything }: Allowed, wanted: Addresses): boolean =>
  contains(subtract(everything ? EVERYWHERE : addresses, denied), wanted);

/**
 * Whether a plugin's names stand for an endpoint: a host by toFQDNs, the API server by its entity. What it sends to a pod of
 * another node is a node's where packets are tunnelled: https://github.com/cilium/cilium/issues/18049
 */
function names(endpoint: Endpoint, allowed: Set<string>, direction: Direction): boolean {
  if (endpoint.kind === 'api-server')
    return (
      allowed.has('entity:kube-apiserver') && (direction === 'egress' || allowed.has('entity:remote-node'))
    );
  const patterns = [...allowed].filter((one) => one.startsWith('host:')).map((one) => one.slice(5));
  return endpoint.kind === 'host' && patterns.some((one) => matchesDnsName(one, endpoint.host));
}

/** "Only IPs in intercepted DNS responses to an application will be allowed": https://docs.cilium.io/en/stable/security/policy/layer7/#dns-proxy */
const asksForNames = (c: Connectivity, pod: Pod, host: string): boolean =>
  c.network
    .isolating(pod, 'egress')
    .flatMap(({ rules }) => rules)
    .some(({ dnsNames }) => dnsNames.some((one) => matchesDnsName(one, host)));
