import type { Endpoint, Flow } from '../types/connections.ts';
import type { Diagrams, NamespacePlan, Plan } from '../types/plan.ts';

type View = Pick<Plan, 'services' | 'namespaces' | 'endpoints' | 'flows' | 'layers'>;

/** Above this many services, pictures show namespaces instead, and count. */
const MAX_SERVICES = 40;
/** Viewers of Mermaid refuse a picture of 500 edges or 50,000 signs; nobody reads one half as large. */
const MAX_NAMESPACES = 100;
const MAX_EDGES = 400;

/** Draws who calls whom, the order of layers, and the boundaries between namespaces. */
export function diagrams(plan: View): Diagrams {
  return { calls: drawCalls(plan), layers: drawLayers(plan.layers), trust: drawTrust(plan) };
}

function drawCalls(plan: View): string {
  const apps = new Set(appsOf(plan).map((one) => one.name));
  const flows = plan.flows.filter((flow) => apps.has(flow.from.namespace) || apps.has(flow.to.namespace));
  const shown = flows.filter((flow) => flow.group !== 'dns' && flow.group !== 'platform');
  const entries = plan.flows.filter((flow) => flow.from.kind === 'anyone' && flow.to.id === 'gateway');
  const picture = new Picture('LR');
  if (plan.services.length > MAX_SERVICES) {
    const summary = drawNamespaces(picture, plan, []);
    for (const flow of [...entries, ...shown]) connect(picture, summary(flow.from), summary(flow.to), '');
    return picture.text();
  }
  for (const name of apps) {
    const inside = plan.services.filter((one) => one.namespace === name);
    picture.group(
      `namespace ${name}`,
      name,
      inside.map((one) => [`${name}/${one.name}`, one.name]),
    );
  }
  for (const flow of [...entries, ...shown]) picture.edge(nodeOf(flow.from), nodeOf(flow.to), labelOf(flow));
  return picture.text();
}

function drawLayers(layers: Plan['layers']): string {
  const picture = new Picture('TD');
  const known = new Map(layers.map((layer) => [layer.name, layer]));
  const waits = (name: string, other: string): boolean =>
    known.get(name)!.after.some((one) => one === other || waits(one, other));
  for (const { name, path, source } of layers)
    picture.node(name, `${name}\n${source ? source.url.replace(/^\w+:\/\//, '') : path}`);
  for (const { name, after } of layers) {
    // An arrow that follows from others says nothing.
    const direct = after.filter((one) => !after.some((other) => waits(other, one)));
    for (const before of direct) picture.edge([before], [name], '');
  }
  return picture.text();
}

function drawTrust(plan: View): string {
  const picture = new Picture('LR');
  const summary = drawNamespaces(
    picture,
    plan,
    plan.namespaces.filter((one) => one.kind !== 'app'),
  );
  for (const flow of plan.flows)
    if (flow.group !== 'dns') connect(picture, summary(flow.from), summary(flow.to), String(flow.port));
  return picture.text();
}

/** Draws namespaces and their pods, applications only as counts when they are many; returns the node that stands for an endpoint. */
function drawNamespaces(
  picture: Picture,
  plan: View,
  platform: NamespacePlan[],
): (endpoint: Endpoint) => Node {
  const apps = appsOf(plan);
  const pods = podsByNamespace(plan);
  const named = plan.services.length <= MAX_SERVICES;
  for (const one of [...platform, ...apps.slice(0, MAX_NAMESPACES)]) {
    const [key, inside] = [`namespace ${one.name}`, pods.get(one.name) ?? []];
    if (one.kind !== 'app' || named)
      picture.group(
        key,
        boundary(one),
        inside.map((id) => [id, id.split('/').at(-1)!]),
      );
    else picture.node(key, `${boundary(one)}\n${inside.length} service${inside.length === 1 ? '' : 's'}`);
  }
  const left = new Set(apps.slice(MAX_NAMESPACES).map((one) => one.name));
  if (left.size) picture.node('left out', `${left.size} more namespaces`);
  return (endpoint) => {
    const { namespace } = endpoint;
    if (!namespace) return nodeOf(endpoint);
    return left.has(namespace) ? ['left out'] : [`namespace ${namespace}`, namespace];
  };
}

/** What stays inside a namespace crosses no boundary. */
function connect(picture: Picture, from: Node, to: Node, label: string): void {
  if (from[0] !== to[0]) picture.edge(from, to, label);
}

const appsOf = (plan: View) => plan.namespaces.filter((one) => one.kind === 'app');
const boundary = (one: NamespacePlan) =>
  `${one.name}\n${one.podSecurity.enforce}${one.meshed ? ', in the mesh' : ''}`;

function podsByNamespace({ endpoints }: View): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const one of endpoints) {
    if (one.kind !== 'pods') continue;
    const known = found.get(one.namespace);
    if (known) known.push(one.id);
    else found.set(one.namespace, [one.id]);
  }
  return found;
}

/** A node by its key, and its text where nothing else has drawn it. */
type Node = [key: string, text?: string];

const PLACES: Partial<Record<Endpoint['kind'], Node>> = {
  anyone: ['anyone', 'any address'],
  internet: ['internet', 'public addresses'],
  'api-server': ['api-server', 'Kubernetes API'],
};

function nodeOf(endpoint: Endpoint): Node {
  if (endpoint.id.startsWith('namespace ')) return [endpoint.id, `every pod of ${endpoint.namespace}`];
  return PLACES[endpoint.kind] ?? [endpoint.id, endpoint.id];
}

function labelOf(flow: Flow): string {
  const protocol = flow.protocol === 'TCP' ? '' : ` ${flow.protocol}`;
  const rules = flow.rules.map((rule) =>
    [rule.methods.join(', '), rule.paths.join(', ')].filter(Boolean).join(' '),
  );
  return [`${flow.port}${protocol}`, ...rules].join('\n');
}

/** Collects nodes and edges; edges between the same two nodes become one. */
class Picture {
  private readonly lines: string[];
  private readonly ids = new Map<string, string>();
  private readonly taken = new Set<string>();
  private readonly edges = new Map<string, Set<string>>();

  constructor(direction: 'LR' | 'TD') {
    this.lines = [`flowchart ${direction}`];
  }

  group(key: string, text: string, nodes: [string, string][]): void {
    this.lines.push(`  subgraph ${this.id(key)}["${escape(text)}"]`);
    for (const [inner, label] of nodes) this.lines.push(`    ${this.id(inner)}["${escape(label)}"]`);
    this.lines.push('  end');
  }

  node(key: string, text: string): void {
    if (!this.ids.has(key)) this.lines.push(`  ${this.id(key)}["${escape(text)}"]`);
  }

  edge(from: Node, to: Node, label: string): void {
    for (const [key, text] of [from, to]) if (text !== undefined) this.node(key, text);
    const edge = `${this.id(from[0])} ${this.id(to[0])}`;
    this.edges.set(edge, (this.edges.get(edge) ?? new Set()).add(label));
  }

  text(): string {
    const drawn = [...this.edges].slice(0, MAX_EDGES).map(([edge, labels]) => {
      const [from, to] = edge.split(' ');
      const label = [...labels].filter(Boolean).join('\n');
      return `  ${from} -->${label ? `|"${escape(label)}"|` : ''} ${to}`;
    });
    const left = this.edges.size - drawn.length;
    const note = left > 0 ? [`  left_out["and ${left} more arrows: see the table"]`] : [];
    return [...this.lines, ...drawn, ...note].join('\n');
  }

  /** Letters, digits and underscores alone, and no two keys the same. */
  private id(key: string): string {
    const known = this.ids.get(key);
    if (known) return known;
    const wanted = `n_${key.replace(/[^a-z0-9]+/gi, '_')}`;
    let id = wanted;
    for (let count = 2; this.taken.has(id); count += 1) id = `${wanted}_${count}`;
    this.taken.add(id);
    this.ids.set(key, id);
    return id;
  }
}

/** Text inside quotes of Mermaid, where `#…;` names a sign. A line break becomes a tag. */
const escape = (text: string) =>
  text.replace(/["#%&<>\\`]/g, (sign) => `#${sign.charCodeAt(0)};`).replaceAll('\n', '<br/>');
