import { OUTSIDE, wirePort } from './declared.ts';
import type { Connectivity } from './connectivity.ts';
import { PROXY_PORTS } from './mesh.ts';
import { resolvePorts } from './network.ts';
import { commonPorts, EVERY_PORT, hasPort, joinPorts, withoutPorts, type PortRange } from './port.ts';
import type { Direction, Pod } from './types.ts';

/** Ports that both ends' network policies let through; from outside, where some address may come in. */
export function networkPorts(c: Connectivity, from: Pod, to: Pod): PortRange[] {
  const egress = c.network.ports(from, 'egress', to);
  return egress.length ? commonPorts(egress, sidePorts(c, to, 'ingress', from)) : [];
}

/** Ports that one end's own policies let through. */
export function sidePorts(c: Connectivity, pod: Pod, direction: Direction, other: Pod): PortRange[] {
  const { network } = c;
  const ports = network.ports(pod, direction, other);
  if (other !== OUTSIDE) return ports;
  const of = (denies: boolean) =>
    network
      .outside(pod, direction)
      .filter(({ rule, peer }) => rule.denies === denies && (peer.everything || peer.addresses.length > 0))
      .flatMap(({ rule }) => resolvePorts(rule, pod));
  return joinPorts([...ports, ...of(false)]);
}

/** The ports, among those that the network lets through, on which the mesh lets a connection through as well. */
export function passingPorts(c: Connectivity, from: Pod, to: Pod, ports: PortRange[]): PortRange[] {
  const outOfMesh = ports.filter(({ protocol }) => protocol !== 'TCP');
  const tunnel = wirePort(from, to, 1, 'TCP');
  // A tunnel's one port carries every port of the application.
  const carried = tunnel === 1 ? ports : hasPort(ports, tunnel, 'TCP') ? EVERY_PORT : [];
  const tcp = carried.filter(({ protocol }) => protocol === 'TCP');
  const decides = (port: number) => c.mesh.decide(from, to, port, 'TCP').allowed;
  const special = [...PROXY_PORTS, ...c.mesh.portsNamed(to), ...to.ports.map((one) => one.port)];
  const passing = tcp.flatMap((range): PortRange[] => {
    const [start, end] = range.ports;
    const apart = [...new Set(special)].filter((port) => port >= start && port < end);
    const rest = withoutPorts([range], apart.map(single));
    // All ports that no policy names fare alike.
    const first = rest[0]?.ports[0];
    return [...(first !== undefined && decides(first) ? rest : []), ...apart.filter(decides).map(single)];
  });
  return joinPorts([...passing, ...outOfMesh]);
}

const single = (port: number): PortRange => ({ protocol: 'TCP', ports: [port, port + 1] });
