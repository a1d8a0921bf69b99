import type {
  ConnectionPolicy,
  ConnectionRule,
  Endpoint,
  Flow,
  FlowGroup,
  Peer,
  PolicyGroup,
} from '../types/connections.ts';

/** Port numbers that a mesh carries its traffic on; absent where the application's own port is on the wire. */
export interface Wire {
  meshPort: number | undefined;
}

const GROUPS: FlowGroup[] = ['dns', 'gateway', 'inter-service', 'egress', 'platform'];

/**
 * What each set of pods of the owned namespaces may accept and open, per namespace and group.
 * Both ends of a flow get their half, so that neither side's default deny stops it.
 */
export function connectivity(flows: Flow[], owned: Set<string>, wire: Wire): Map<string, PolicyGroup[]> {
  const policies = new Map<string, ConnectionPolicy>();
  for (const flow of flows) {
    const port = flow.from.meshed && flow.to.meshed && wire.meshPort ? wire.meshPort : flow.port;
    if (owned.has(flow.from.namespace))
      addRule(policyFor(policies, flow.from, flow.group).egress, flow, flow.to, port);
    if (owned.has(flow.to.namespace))
      addRule(policyFor(policies, flow.to, flow.group).ingress, flow, flow.from, port);
  }
  return byNamespace(policies, owned);
}

function policyFor(
  policies: Map<string, ConnectionPolicy>,
  subject: Endpoint,
  group: FlowGroup,
): ConnectionPolicy {
  const key = `${group} ${subject.id}`;
  const known = policies.get(key);
  if (known) return known;
  const everyPod = Object.keys(subject.labels).length === 0;
  const name = everyPod ? `allow-${group}` : `allow-${group}-${subject.id.split('/').at(-1)}`;
  const policy = { name, namespace: subject.namespace, labels: subject.labels, ingress: [], egress: [] };
  policies.set(key, policy);
  return policy;
}

/** Connections between the same two ends share a rule, unless they differ in methods and paths. */
function addRule(rules: ConnectionRule[], flow: Flow, other: Endpoint, port: number): void {
  const peers = peersOf(other);
  const same = rules.find(
    (rule) =>
      rule.why === flow.why &&
      JSON.stringify([rule.peers, rule.rules]) === JSON.stringify([peers, flow.rules]),
  );
  const rule = same ?? { why: flow.why, peers, ports: [], rules: flow.rules };
  if (!same) rules.push(rule);
  if (!rule.ports.some((one) => one.port === port && one.protocol === flow.protocol))
    rule.ports.push({ port, protocol: flow.protocol });
}

function peersOf(endpoint: Endpoint): Peer[] {
  const { kind, namespace, labels, cidr, except, host } = endpoint;
  if (kind === 'anyone') return [];
  if (kind === 'pods') return [{ kind, namespace, labels }];
  if (kind === 'cidr') return [{ kind, cidr, except }];
  if (kind === 'host') return [{ kind, host, wildcard: host.includes('*') }];
  return [{ kind }];
}

function byNamespace(
  policies: Map<string, ConnectionPolicy>,
  owned: Set<string>,
): Map<string, PolicyGroup[]> {
  const result = new Map<string, PolicyGroup[]>([...owned].map((name) => [name, []]));
  for (const group of GROUPS) {
    for (const [key, policy] of policies) {
      if (!key.startsWith(`${group} `)) continue;
      const groups = result.get(policy.namespace)!;
      const last = groups.at(-1);
      if (last?.group === group) last.policies.push(policy);
      else groups.push({ group, policies: [policy] });
    }
  }
  return result;
}
