import type { Flow } from '../../types/connections.ts';
import { EVERYWHERE, formatAddresses, type Addresses } from './address.ts';
import type { Connectivity } from './connectivity.ts';
import { OUTSIDE, portsOf, wirePorts } from './declared.ts';
import { subtract } from './interval.ts';
import { resolvePorts } from './network.ts';
import { gather, type Connection, type Opening } from './opening.ts';
import { networkPorts, passingPorts, sidePorts } from './passing.ts';
import { commonPorts, EVERY_PORT, hasPort, withoutPorts, type PortRange } from './port.ts';
import { coversHost } from './service-entry.ts';
import type { NetworkPolicy, NetworkRule, Peer, Pod } from './types.ts';

/** What rules of network policies let through at their own end beyond the graph, in namespaces that the repository owns. */
export function networkOpenings(c: Connectivity): Opening[] {
  return c.network.policies.flatMap((policy) =>
    policy.rules.filter((rule) => !rule.denies).flatMap((rule) => ruleOpenings(c, policy, rule)),
  );
}

function ruleOpenings(c: Connectivity, policy: NetworkPolicy, rule: NetworkRule): Opening[] {
  const subjects = c.index.find(policy.subject).filter((pod) => isCompared(c, pod));
  const found = subjects.flatMap((pod) =>
    // What is open to the outside comes first: a finding shows only some.
    rule.peers.flatMap((peer) => [...toOutside(c, rule, peer, pod), ...toPods(c, rule, peer, pod)]),
  );
  return gather({ object: rule.object, path: rule.path }, found);
}

function toPods(c: Connectivity, rule: NetworkRule, peer: Peer, pod: Pod): Connection[] {
  const others = peer.everything ? c.index.pods : peer.pods ? c.index.find(peer.pods) : [];
  c.looked.pairs += others.length;
  const mayLook = peer.everything && forApiServer(c, rule, pod);
  return others.flatMap((other) => {
    const [from, to] = rule.direction === 'egress' ? [pod, other] : [other, pod];
    const ports = resolvePorts(rule, to);
    const flows = c.declared.between(from, to);
    if (areDeclared(ports, flows)) return [];
    const declared = [...wirePorts(flows, from, to), ...(mayLook || [])];
    const excess = withoutPorts(ports, declared);
    // What a rule denies is not open, whoever allows it.
    const open = excess.length ? commonPorts(excess, c.network.ports(pod, rule.direction, other)) : [];
    return open.length ? [connection(c, from, to, open)] : [];
  });
}

/** The common case, told without building sets: one port, and a flow for it. */
const areDeclared = (ports: PortRange[], flows: Flow[]) =>
  ports.every(
    ({ protocol, ports: [start, end] }) =>
      end - start === 1 && flows.some((flow) => flow.port === start && flow.protocol === protocol),
  );

/** A connection that one end's policies let through, and what else stops it. */
export function connection(c: Connectivity, from: Pod, to: Pod, ports: PortRange[]): Connection {
  const base = { from: from.name, to: to.name, ports };
  const crossing = commonPorts(ports, networkPorts(c, from, to));
  if (crossing.length === 0) {
    const closed = commonPorts(ports, sidePorts(c, to, 'ingress', from)).length === 0 ? to : from;
    return { ...base, stoppedBy: `the network policies of ${closed.name}` };
  }
  const passing = passingPorts(c, from, to, crossing);
  return passing.length ? { ...base, ports: passing } : { ...base, stoppedBy: 'the mesh' };
}

/**
 * By design, since a NetworkPolicy cannot name the API server: while nobody said where it is, pods may look for it anywhere, and
 * `pending` asks for the addresses. What it sends comes by an address of its node, which no NetworkPolicy can name at all.
 */
function forApiServer(c: Connectivity, rule: NetworkRule, pod: Pod): PortRange[] | false {
  if (rule.object.group !== 'networking.k8s.io') return false;
  if (rule.direction === 'ingress')
    return portsOf(c.declared.incoming(pod).filter(({ from }) => from.kind === 'api-server'));
  if (c.declared.knowsApiServer) return false;
  return portsOf(c.declared.outgoing(pod).filter(({ to }) => to.kind === 'api-server'));
}

function toOutside(c: Connectivity, rule: NetworkRule, peer: Peer, pod: Pod): Connection[] {
  const egress = rule.direction === 'egress';
  const flows = egress ? c.declared.outgoing(pod) : c.declared.incoming(pod);
  const endOf = (flow: Flow) => (egress ? flow.to : flow.from);
  const ports = resolvePorts(rule, pod);
  const show = (where: string, open: PortRange[]): Connection[] => {
    const [from, to] = egress ? [pod.name, where] : [where, pod.name];
    if (egress) return open.length ? [{ from, to, ports: open }] : [];
    const passing = passingPorts(c, OUTSIDE, pod, open);
    if (open.length === 0) return [];
    return [
      { from, to, ports: passing.length ? passing : open, ...(!passing.length && { stoppedBy: 'the mesh' }) },
    ];
  };
  const named = peer.names.flatMap((name) => {
    const declared = flows.filter((flow) => means(name, flow, rule));
    return show(name.replace(':', ' '), byDesign(name, rule) ? [] : withoutPorts(ports, portsOf(declared)));
  });
  const fromItsNode = !egress && rule.object.group === 'networking.k8s.io';
  const meant = (end: Flow['to']) =>
    fromItsNode && end.kind === 'api-server' ? EVERYWHERE : c.declared.addressesOf(end);
  const wanted = flows.filter((flow) => meant(endOf(flow)).length > 0);
  return [...addressOpenings(peer.addresses, ports, wanted, (flow) => meant(endOf(flow)), show), ...named];
}

/** Whether a name of a network plugin is what a flow goes to. */
const means = (name: string, { to, from }: Flow, { direction }: NetworkRule): boolean => {
  const end = direction === 'egress' ? to : from;
  if (end.kind === 'anyone') return true;
  if (end.kind === 'host')
    return name.startsWith('host:') && coversHost(end.host, name.slice('host:'.length));
  if (end.kind !== 'api-server') return false;
  // Nodes, too: it runs on one, and a pod on another sees an address of that node.
  return name === 'entity:kube-apiserver' || (direction === 'ingress' && name === 'entity:remote-node');
};

/** "Kubernetes will automatically allow all communication from the local host of all local endpoints": kubelet's probes. */
const byDesign = (name: string, { direction }: NetworkRule) =>
  direction === 'ingress' && (name === 'entity:host' || name === 'entity:health');

function addressOpenings(
  addresses: Addresses,
  ports: PortRange[],
  flows: Flow[],
  meant: (flow: Flow) => Addresses,
  show: (where: string, open: PortRange[]) => Connection[],
): Connection[] {
  if (addresses.length === 0) return [];
  const undeclared = show(formatAddresses(addresses), withoutPorts(ports, portsOf(flows)));
  const declared = flows.filter(({ port, protocol }) => hasPort(ports, port, protocol));
  const beyond = declared.flatMap(({ port, protocol }) => {
    const same = declared.filter((one) => one.port === port && one.protocol === protocol);
    const rest = subtract(addresses, same.flatMap(meant));
    return rest.length ? show(formatAddresses(rest), portsOf(same)) : [];
  });
  return [...undeclared, ...beyond];
}

/** Not pods of namespaces that others own, and by design not those whose network stage is audit: nothing is denied there yet, as the graph's gap says. */
const isCompared = ({ namespaces }: Connectivity, { namespace }: Pod) =>
  namespaces.isOwned(namespace) && !namespaces.isAudited(namespace);

/** Pods that no policy isolates in a direction: everything passes there. */
export function isolationOpenings(c: Connectivity): Opening[] {
  const pods = c.index.pods.filter((pod) => isCompared(c, pod));
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const open = pods.filter((pod) => c.network.isolating(pod, direction).length === 0);
    const names = [...new Set(open.map((pod) => pod.namespace))];
    return names.flatMap((namespace) => {
      const here = open.filter((pod) => pod.namespace === namespace);
      const found = here.map((pod): Connection => {
        if (direction === 'egress')
          return { from: pod.name, to: formatAddresses(EVERYWHERE), ports: EVERY_PORT };
        return { ...connection(c, OUTSIDE, pod, EVERY_PORT), from: 'anyone' };
      });
      const host = here.filter((pod) => pod.hostNetwork).map((pod) => pod.name);
      const reason = host.length
        ? `${host.join(', ')} runs on its node's network, where no policy applies`
        : `no policy of namespace ${namespace} denies ${direction}`;
      const object =
        here.find((pod) => pod.hostNetwork)?.object ?? c.namespaces.objectOf(namespace) ?? here[0]!.object;
      return gather({ path: [], reason, ...(object && { object }) }, found);
    });
  });
}
