import { UserError } from '../error.ts';
import type { Protocol } from '../types/catalog.ts';
import type { Endpoint, Flow, HttpRule } from '../types/connections.ts';
import { byNetwork, fromOutside, toOutside, type Found } from './connectivity/blocked.ts';
import { connectivityOf, type Connectivity } from './connectivity/connectivity.ts';
import { OUTSIDE, requestsOf, wirePort } from './connectivity/declared.ts';
import { covers, endOf, isPod, nameOfEnd, type End } from './connectivity/end.ts';
import { resolvePorts } from './connectivity/network.ts';
import { requestsThrough } from './connectivity/requests.ts';
import { hasPort } from './connectivity/port.ts';
import type { Direction, Pod } from './connectivity/types.ts';
import type { KubernetesObject, Model, Position } from './model.ts';
import { nameOf } from './object.ts';

/** What one layer says of a connection, and the object behind it. */
export interface LayerVerdict {
  layer: string;
  allowed: boolean;
  why: string;
  object?: string;
  file?: string;
  position?: Position;
}

/** Why one end can, or cannot, reach another on one port. */
export interface Explanation {
  from: string;
  to: string;
  port: number;
  protocol: Protocol;
  /** Why the graph declares it; empty where it does not. */
  declared: string[];
  /** Whether only the receiving end is declared: it takes anyone, but nothing says that this end may call it. */
  oneSided: boolean;
  /** Methods and paths that are declared; empty for every request. */
  declaredRequests: HttpRule[];
  /** Whether every layer allows it. */
  allowed: boolean;
  /** Methods and paths that are let through; empty for every request. */
  requests: HttpRule[];
  layers: LayerVerdict[];
}

export interface ExplainOptions {
  port?: number;
  protocol?: Protocol;
}

/**
 * Explains whether `from` reaches `to`, on the port given or on each declared one. Ends are services and components by name
 * (`frontend`, `shop/frontend`, `gateway`), `anyone`, `internet`, `api-server`, an address, a network, or a host name.
 *
 * @throws UserError for a name that means nothing, or several ends, and when no port is given or declared
 */
export function explain(model: Model, from: string, to: string, options: ExplainOptions = {}): Explanation[] {
  const c = connectivityOf(model);
  const source = endOf(c, from);
  const target = endOf(c, to);
  if (![source, target].some((end) => isPod(end) && end !== OUTSIDE))
    throw new UserError(`${from} → ${to}: one of the two ends must run in the cluster.`, 2);
  const flows = declaredBetween(c, source, target);
  return portsToExplain(flows, target, options, `${from} → ${to}`).map((port) =>
    explainPort(c, source, target, port, flows),
  );
}

function declaredBetween(c: Connectivity, from: End, to: End): Flow[] {
  if (isPod(from) && isPod(to)) return c.declared.between(from, to);
  if (isPod(from)) return c.declared.outgoing(from).filter((flow) => isPod(to) || covers(flow.to, to));
  return isPod(to) ? c.declared.incoming(to).filter((flow) => covers(flow.from, from)) : [];
}

function portsToExplain(
  flows: Flow[],
  target: End,
  { port, protocol }: ExplainOptions,
  what: string,
): { port: number; protocol: Protocol }[] {
  if (port !== undefined) {
    const declared = flows.find((flow) => flow.port === port)?.protocol;
    return [{ port, protocol: protocol ?? declared ?? 'TCP' }];
  }
  const ports = flows.length ? flows : isPod(target) ? target.ports : [];
  const unique = new Map(ports.map((one) => [`${one.port}/${one.protocol}`, one]));
  if (unique.size === 0) throw new UserError(`${what}: no port is declared; give one with --port.`, 2);
  return [...unique.values()].map((one) => ({ port: one.port, protocol: one.protocol }));
}

function explainPort(
  c: Connectivity,
  from: End,
  to: End,
  { port, protocol }: { port: number; protocol: Protocol },
  all: Flow[],
): Explanation {
  const flows = all.filter((flow) => flow.port === port && flow.protocol === protocol);
  const pods = isPod(from) && isPod(to);
  const layers = pods ? betweenPods(c, from, to, port, protocol) : outside(c, from, to, port, protocol);
  return {
    from: nameOfEnd(from),
    to: nameOfEnd(to),
    port,
    protocol,
    declared: [...new Set(flows.map((flow) => flow.why))],
    oneSided:
      isPod(from) &&
      from !== OUTSIDE &&
      flows.length > 0 &&
      flows.every((flow) => flow.from.kind === 'anyone'),
    declaredRequests: requestsOf(flows),
    allowed: layers.every((layer) => layer.allowed),
    requests: isPod(to) ? requestsThrough(c, isPod(from) ? from : OUTSIDE, to, { port, protocol }) : [],
    layers,
  };
}

function betweenPods(c: Connectivity, from: Pod, to: Pod, port: number, protocol: Protocol): LayerVerdict[] {
  const wire = wirePort(from, to, port, protocol);
  const decision = c.mesh.decide(from, to, port, protocol);
  const tls = decision.layer === 'mutual TLS';
  const mutual = c.mesh.mutualTls(to, port);
  return [
    ...(from === OUTSIDE ? [] : [side(c, from, 'egress', to, wire, protocol)]),
    side(c, to, 'ingress', from, wire, protocol),
    tls || decision.layer === 'none'
      ? verdict('mutual TLS', decision.allowed, decision.why, decision.object, decision.path)
      : verdict('mutual TLS', true, `${to.name} is ${mutual.mode}`, mutual.object, mutual.path),
    ...(decision.layer === 'authorization'
      ? [verdict('authorization', decision.allowed, decision.why, decision.object, decision.path)]
      : []),
  ];
}

function side(
  c: Connectivity,
  pod: Pod,
  direction: Direction,
  other: Pod,
  port: number,
  protocol: Protocol,
): LayerVerdict {
  const layer = `${direction} of ${pod.name}`;
  if (c.network.isolating(pod, direction).length === 0)
    return verdict(layer, true, `no policy denies ${direction}`);
  if (!hasPort(c.network.ports(pod, direction, other), port, protocol)) {
    const block = byNetwork(c, pod, direction, port, other)!;
    return verdict(layer, false, block.why, block.object, block.path);
  }
  const receiver = direction === 'ingress' ? pod : other;
  const rule = c.network
    .rules(pod, direction, other)
    .find((one) => !one.denies && hasPort(resolvePorts(one, receiver), port, protocol));
  return verdict(layer, true, `a rule allows ${port}/${protocol}`, rule?.object, rule?.path);
}

/** One end is no pod: its own side has no policy. */
function outside(c: Connectivity, from: End, to: End, port: number, protocol: Protocol): LayerVerdict[] {
  const [pod, direction, found]: [Pod, Direction, Found] =
    isPod(from) && !isPod(to)
      ? [from, 'egress', toOutside(c, { to, port, protocol }, from)]
      : [to as Pod, 'ingress', fromOutside(c, { from: from as Endpoint, port, protocol }, to as Pod)];
  const layer = `${direction} of ${pod.name}`;
  if (!found || found.layer !== direction)
    return [
      allowingRule(c, pod, direction, port, protocol, layer),
      ...(found ? [verdict(found.layer, false, found.why, found.object, found.path)] : []),
    ];
  return [verdict(layer, false, found.why, found.object, found.path)];
}

function allowingRule(
  c: Connectivity,
  pod: Pod,
  direction: Direction,
  port: number,
  protocol: Protocol,
  layer: string,
): LayerVerdict {
  const found = c.network
    .outside(pod, direction)
    .find(({ rule }) => !rule.denies && hasPort(resolvePorts(rule, pod), port, protocol))?.rule;
  const why = found ? `a rule allows ${port}/${protocol}` : `no policy denies ${direction}`;
  return verdict(layer, true, why, found?.object, found?.path);
}

function verdict(
  layer: string,
  allowed: boolean,
  why: string,
  object?: KubernetesObject,
  path: (string | number)[] = [],
): LayerVerdict {
  const base = { layer, allowed, why };
  if (!object) return base;
  return { ...base, object: nameOf(object), file: object.file, position: object.at(...path) };
}
