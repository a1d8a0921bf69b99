import type { Endpoint, Flow } from '../../../types/connections.ts';
import type { Block } from '../../connectivity/blocked.ts';
import { podsOfEndpoints } from '../../connectivity/blocked.ts';
import { connectivityOf, type Connectivity } from '../../connectivity/connectivity.ts';
import { differencesOf } from '../../connectivity/differences.ts';
import type { Opening } from '../../connectivity/opening.ts';
import { formatPorts } from '../../connectivity/port.ts';
import type { Pod } from '../../connectivity/types.ts';
import type { Model } from '../../model.ts';

/** One way from an end to another, and what each layer says of it; null where no object of that layer judges. */
export interface Connection {
  from: string;
  to: string;
  ports: string;
  /** `GET, POST /api/*`, as declared. */
  rules: string;
  declared: boolean;
  network: boolean | null;
  mesh: boolean | null;
}

/** `match` where the layers together allow just what is declared. */
export type Difference = 'match' | 'blocked' | 'open' | 'none';

/** How what is allowed differs from what is declared. A layer that does not judge stops nothing. */
export function differenceOf({ declared, network, mesh }: Connection): Difference {
  const allowed = network !== false && mesh !== false;
  if (declared) return allowed ? 'match' : 'blocked';
  return allowed ? 'open' : 'none';
}

/** Every declared connection, then those that some layer allows beyond: the first of many of one cause. Services come first. */
export function connections(model: Model): Connection[] {
  const c = connectivityOf(model);
  const { blocked, openings } = differencesOf(model);
  const blocks = new Map<Flow, Block[]>();
  for (const one of blocked) blocks.set(one.flow, [...(blocks.get(one.flow) ?? []), one]);
  const pods = podsOfEndpoints(c);
  const declared = c.declared.flows.map((flow) => fromFlow(c, flow, blocks.get(flow) ?? [], pods));
  const services = new Set(model.declared.services.map(({ namespace, name }) => `${namespace}/${name}`));
  const rank = ({ from, to }: Connection) => Number(!services.has(from)) + Number(!services.has(to));
  return [...declared, ...openings.flatMap((one) => fromOpening(c, one))]
    .map((one, index) => ({ one, index }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index)
    .map(({ one }) => one);
}

type Pods = ReturnType<typeof podsOfEndpoints>;

function fromFlow(c: Connectivity, flow: Flow, blocks: Block[], pods: Pods): Connection {
  const { from, to, port, protocol, rules } = flow;
  const isNetwork = ({ layer }: Block) => layer === 'ingress' || layer === 'egress';
  return {
    from: from.id,
    to: to.id,
    ports: `${port}/${protocol}`,
    rules: rules.map((rule) => `${rule.methods.join(', ')} ${rule.paths.join(', ')}`.trim()).join('; '),
    declared: true,
    network: !blocks.some(isNetwork),
    mesh: blocks.some((one) => !isNetwork(one)) ? false : meshVerdict(c, flow, pods),
  };
}

/** What the mesh says by itself, also where the network stops a connection before. */
function meshVerdict({ mesh }: Connectivity, { from, to, port, protocol }: Flow, pods: Pods): boolean | null {
  const some = (end: Endpoint) => (end.kind === 'pods' ? pods.get(end.id)?.[0] : undefined);
  const [source, target] = [some(from), some(to)];
  if (!source || !target) return null;
  const { layer, allowed } = mesh.decide(source, target, port, protocol);
  return layer === 'none' ? null : allowed;
}

function fromOpening(c: Connectivity, { connections, stoppedBy, object }: Opening): Connection[] {
  const isMesh = object !== undefined && c.mesh.policies.some((one) => one.object === object);
  return connections.map((one) => {
    // Each of them may be stopped by another layer.
    const stop = (one as { stoppedBy?: string }).stoppedBy ?? stoppedBy;
    const network = !stop?.startsWith('the network');
    const [from, to] = [podOf(c, one.from), podOf(c, one.to)];
    const meets = isMesh || (network && to !== undefined && to.mesh !== '');
    return {
      from: endOf(from, one.from),
      to: endOf(to, one.to),
      ports: formatPorts(one.ports),
      rules: '',
      declared: false,
      network,
      mesh: stop === 'the mesh' ? false : meets ? true : null,
    };
  });
}

const podOf = ({ index }: Connectivity, name: string) => index.pods.find((one) => one.name === name);

/** The endpoint that a pod is, where the graph knows it: rows and columns are named as there. */
const endOf = (pod: Pod | undefined, name: string) =>
  pod?.endpoints.find((id) => !id.startsWith('namespace ')) ?? name;
