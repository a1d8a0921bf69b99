import type { HttpRule } from '../../types/connections.ts';
import type { Model } from '../model.ts';
import { podsOfEndpoints } from './blocked.ts';
import { connectivityOf, type Connectivity } from './connectivity.ts';
import { OUTSIDE, portsOf, requestsOf } from './declared.ts';
import { networkPorts, passingPorts } from './passing.ts';
import { commonPorts, formatPorts, withoutPorts, type PortRange } from './port.ts';
import type { Pod } from './types.ts';

/** What one end may open to another, per layer. Texts such as `8080/TCP`; empty where there is nothing. */
export interface Pair {
  from: string;
  to: string;
  declared: string;
  /** Methods and paths of the declaration; empty for every request. */
  rules: HttpRule[];
  /** What the network policies of both ends let through, on the ports that cross the wire. */
  network: string;
  /** What the mesh lets through as well: what really passes. */
  effective: string;
  /** What passes and is not declared. */
  extra: string;
  /** What is declared and does not pass. */
  missing: string;
}

/**
 * Who may call whom: every pair of pods that the graph or some layer connects, and callers from outside. Pods that may only come to
 * run are left out.
 */
export function effective(model: Model): Pair[] {
  const c = connectivityOf(model);
  const pods = c.index.pods.filter((pod) => pod.known);
  const byEndpoint = podsOfEndpoints(c);
  return pods
    .filter((pod) => c.namespaces.isOwned(pod.namespace))
    .flatMap((to) => callersOf(c, to, byEndpoint, pods).flatMap((from) => pairOf(c, from, to)))
    .sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}

function callersOf(c: Connectivity, to: Pod, byEndpoint: Map<string, Pod[]>, pods: Pod[]): Pod[] {
  const possible = c.network.candidates(to, 'ingress') ?? pods;
  const declared = c.declared.callers(to).flatMap((id) => byEndpoint.get(id) ?? []);
  return [...new Set([...possible, ...declared].filter((pod) => pod.known)), OUTSIDE];
}

function pairOf(c: Connectivity, from: Pod, to: Pod): Pair[] {
  const flows = c.declared.between(from, to);
  // What the API server calls is open to anyone where a policy cannot name it.
  const called = c.declared.incoming(to).filter((flow) => flow.from.kind === 'api-server');
  const declared = portsOf([...flows, ...called]);
  const network = networkPorts(c, from, to);
  const passing = passingPorts(c, from, to, network);
  if (declared.length === 0 && passing.length === 0) return [];
  // From inside of the cluster to where anyone may come, a caller still needs its own way out.
  const ownFlows = flows.filter((flow) => from === OUTSIDE || flow.from.kind === 'pods');
  const text = (ports: PortRange[]) => (ports.length ? formatPorts(ports) : '');
  if (
    ownFlows.length === 0 &&
    commonPorts(passing, declared).length === 0 &&
    !withoutPorts(passing, declared).length
  )
    return [];
  return [
    {
      from: from === OUTSIDE ? 'anyone' : from.name,
      to: to.name,
      declared: text(declared),
      rules: requestsOf(ownFlows),
      network: text(network),
      effective: text(passing),
      extra: text(withoutPorts(passing, declared)),
      missing: text(withoutPorts(portsOf(ownFlows), passing)),
    },
  ];
}
