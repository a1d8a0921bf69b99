import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { networkPolicies, permits } from './cilium.ts';
import { ofKind, otherPods, readRepository, renderedPods, type Any, type Pod } from './objects.ts';
import { reachability } from './reach.ts';
import { generate } from './support.ts';

const blueprint = readFileSync(path.join(import.meta.dirname, 'scenarios/cilium/blueprint.yaml'), 'utf8');
const generated = generate(parse(blueprint) as Record<string, Any>);
const repository = readRepository(generated);
// A mesh refuses a wildcard on a port of no web traffic.
const meshed = blueprint.replace('mesh: none', 'mesh: istio').replace('port: 587', 'port: 443');
const withMesh = readRepository(generate(parse(meshed) as Record<string, Any>));
const connects = reachability(repository.objects);
const policies = networkPolicies(repository.objects);

const pods: Record<string, Pod> = Object.fromEntries([
  ...renderedPods(repository.objects).map((pod) => [pod.labels['app'], pod] as const),
  ...otherPods(repository).map((pod) => [pod.from, pod] as const),
]);
const rulesOf = (name: string, direction: 'ingress' | 'egress'): Any[] =>
  policies
    .filter((one) => one.metadata.name.endsWith(`-${name}`))
    .flatMap((one) => one['spec'][direction] ?? []);
/** What `to` lets `from` ask for. */
const requestsOf = (from: string, to: string): Any[] =>
  rulesOf(to, 'ingress').find((rule) =>
    rule.from?.some((peer: Any) => peer.podSelector?.matchLabels.app === from),
  )?.http;

it('[np-deny] every namespace of ours denies both ways, and no other is touched', () => {
  const owned = generated.plan.namespaces.map((one) => one.name).sort();
  const denying = ofKind(repository.objects, 'CiliumNetworkPolicy').filter(
    (one) => JSON.stringify(one['spec']) === '{"endpointSelector":{},"ingress":[{}],"egress":[{}]}',
  );
  expect(denying.map((one) => one.metadata.namespace).sort()).toEqual(owned);
  expect(new Set(policies.map((one) => one.metadata.namespace))).toEqual(new Set(owned));
  expect(ofKind(repository.objects, 'CiliumClusterwideNetworkPolicy', 'NetworkPolicy')).toEqual([]);
});

it('[cnp-backend] [np-inter] pods reach those that they are declared to call, and no others', () => {
  const names = ['web', 'orders', 'queue', 'ledger', 'auditor', 'gateway'];
  const ports = [80, 443, 5672, 8080, 9000, 9999, 10080];
  const allowed = names.flatMap((from) =>
    names.flatMap((to) =>
      ports
        .filter(() => from !== to && to !== 'gateway')
        .filter((port) => connects({ from: pods[from]!, to: pods[to]!, port }))
        .map((port) => `${from} → ${to}:${port}`),
    ),
  );
  expect(allowed.sort()).toEqual([
    'auditor → ledger:8080',
    'auditor → ledger:9000',
    'gateway → web:8080',
    'orders → queue:5672',
    'web → ledger:8080',
    'web → orders:8080',
  ]);
});

it('[cnp-backend] a pod that looks alike in another namespace is a stranger', () => {
  for (const name of ['web', 'auditor', 'orders']) {
    const stranger = { ...pods[name]!, namespace: 'stranger' };
    for (const to of Object.values(pods).filter(
      (one) => one.from !== 'gateway' && one.from !== 'cluster-dns',
    ))
      for (const port of [8080, 9000, 5672, 10250, 9443])
        expect(connects({ from: stranger, to, port }), `${name} → ${to.from}:${port}`).toBe(false);
  }
});

describe('[cnp-backend] methods and paths', () => {
  it.each([
    ['web', 'orders', 'GET', '/v1/orders', true],
    ['web', 'orders', 'GET', '/v1/orders?page=2', true],
    ['web', 'orders', 'POST', '/v1/orders/7/items', true],
    ['web', 'orders', 'DELETE', '/v1/orders', false],
    ['web', 'orders', 'GET', '/v1/ordersets', false],
    ['web', 'orders', 'GET', '/admin?/v1/orders', false],
    ['web', 'orders', 'GET', '/x/v1/orders', false],
    ['web', 'ledger', 'POST', '/v1/entries.json', true],
    ['web', 'ledger', 'POST', '/v1/entriesXjson', false],
    ['web', 'ledger', 'GET', '/v1/entries.json', false],
    ['auditor', 'ledger', 'GET', '/anything', true],
    ['auditor', 'ledger', 'POST', '/v1/entries.json', false],
  ])('%s → %s %s %s: %s', (from, to, method, request, allowed) => {
    expect(permits(requestsOf(from, to), method, request)).toBe(allowed);
  });

  it('are not looked into on other protocols, nor by the caller', () => {
    expect(requestsOf('orders', 'queue')).toBeUndefined();
    expect(policies.flatMap((one) => one['spec'].egress ?? []).filter((rule: Any) => rule.http)).toEqual([]);
  });

  it('are left to the mesh, whose encryption hides them', () => {
    const rules = networkPolicies(withMesh.objects).flatMap((one) => one['spec'].ingress ?? []);
    expect(rules.filter((rule: Any) => rule.http)).toEqual([]);
    expect(generated.plan.gaps.map((one) => one.id)).toEqual(['mtls']);
    expect(generated.plan.components['network']!.enforces).toContain('http-rules');
    expect(withMesh.plan.components['network']!.enforces).not.toContain('http-rules');
    expect(withMesh.plan.capabilities).toContain('http-rules');
  });
});

it('[cnp-dns] [np-dns] every pod asks the cluster DNS, over UDP and TCP, through the proxy that reads the answers', () => {
  const dns = pods['cluster-dns']!;
  for (const from of Object.values(pods).filter((one) => one.namespace !== 'kube-system'))
    for (const protocol of ['UDP', 'TCP']) expect(connects({ from, to: dns, port: 53, protocol })).toBe(true);
  const rules = policies
    .filter((one) => one.metadata.name === 'allow-dns')
    .flatMap((one) => one['spec'].egress);
  expect(rules).toHaveLength(generated.plan.namespaces.length);
  for (const rule of rules) expect(rule.dns).toEqual([{ matchPattern: '*' }]);
});

it('[cnp-fqdn] [np-https] a host is opened by its name and port, without consent to more', () => {
  expect(rulesOf('orders', 'egress').filter((rule) => rule.to[0].host)).toEqual([
    { ports: [{ port: 443, protocol: 'TCP' }], to: [{ host: 'api.payments.example' }] },
    { ports: [{ port: 587, protocol: 'TCP' }], to: [{ host: '*.mail.example' }] },
  ]);
  expect(generated.plan.inputs).not.toHaveProperty('wideEgress');
  const networks = policies
    .filter((one) => one.metadata.namespace === 'shop')
    .flatMap((one) => one['spec'].egress ?? [])
    .flatMap((rule: Any) => rule.to.flatMap((peer: Any) => peer.ipBlock ?? []));
  expect(networks).toEqual([{ cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] }]);
});

describe('[cnp-gateway] the Gateway', () => {
  it.each([
    ['without a mesh', repository, [10080, 10443]],
    ["in Istio's", withMesh, [80, 443, 15021]],
  ])('%s takes requests from anyone, on its listeners alone', (_, { objects }, ports) => {
    const rules = networkPolicies(objects)
      .filter((one) => one.metadata.name === 'allow-gateway-gateway')
      .flatMap((one) => one['spec'].ingress)
      .filter((rule: Any) => !rule.from);
    expect(rules.flatMap((rule: Any) => rule.ports.map((one: Any) => one.port))).toEqual(ports);
  });

  it('is known by its labels and its namespace, and reaches what is exposed', () => {
    const peers = rulesOf('web', 'ingress').flatMap((rule) => rule.from);
    expect(peers).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
      podSelector: { matchLabels: { 'gateway.envoyproxy.io/owning-gateway-name': 'public' } },
    });
    expect(connects({ from: pods['gateway']!, to: pods['web']!, port: 8080 })).toBe(true);
    expect(connects({ from: pods['gateway']!, to: pods['orders']!, port: 8080 })).toBe(false);
  });
});

it('webhooks are called by the API server and by nodes: no pod, no address outside', () => {
  const rules = ['cert-manager-webhook', 'kyverno-admission', 'kyverno-cleanup'].flatMap((name) =>
    rulesOf(name, 'ingress'),
  );
  // Beside them, the collector of metrics, by its namespace.
  const callers = rules.map((rule) => rule.from).filter((peers) => !peers[0].namespaceSelector);
  expect(callers).toEqual(
    Array(3).fill([{ entity: 'kube-apiserver' }, { entity: 'host' }, { entity: 'remote-node' }]),
  );
});

it('the API server is reached by name, by those alone that are declared to', () => {
  const reaching = policies
    .filter((one) => one['spec'].egress?.some((rule: Any) => rule.to.some((peer: Any) => peer.entity)))
    .map((one) => one.metadata.name.replace(/^allow-\w+-/, ''));
  const entities = policies
    .flatMap((one) => one['spec'].egress ?? [])
    .flatMap((rule: Any) => rule.to.flatMap((peer: Any) => peer.entity ?? []));
  expect(new Set(entities)).toEqual(new Set(['kube-apiserver']));
  const declared = generated.plan.flows.filter((flow) => flow.to.kind === 'api-server');
  expect(new Set(reaching)).toEqual(new Set(declared.map((flow) => flow.from.id.split('/').at(-1))));
  expect(generated.plan.pending.map((one) => one.id)).not.toContain('apiServerCidrs');
});

describe('the plugin comes by bootstrap', () => {
  const values = (one: typeof repository) => parse(one.files.get('bootstrap/cilium.yaml')!) as Any;

  it('in a cluster that brings none', () => {
    expect((parse(repository.files.get('bootstrap/kind.yaml')!) as Any).networking).toEqual({
      disableDefaultCNI: true,
    });
    expect(
      generate({ name: 'a', choices: { distribution: 'kind' } }).files.get('bootstrap/kind.yaml'),
    ).not.toContain('disableDefaultCNI');
  });

  it("leaves room for the mesh's plugin, where there is a mesh", () => {
    expect(values(withMesh)).toMatchObject({
      cni: { exclusive: false },
      socketLB: { hostNamespaceOnly: true },
    });
    expect(values(repository)).not.toHaveProperty('cni');
    expect(values(repository).policyEnforcementMode).toBe('default');
  });

  it('in the version that its command reads', () => {
    const [, version] = /^# version: (.*)$/m.exec(repository.files.get('bootstrap/cilium.yaml')!)!;
    expect(version).toBe(repository.plan.components['network']!.versions['cilium']);
  });
});

it('the runbook shows and cuts connections as the plugin can', () => {
  const page = repository.files.get('docs/runbooks/incident.md')!;
  expect(page).toContain('hubble observe');
  expect(page).toContain('ingressDeny');
  expect(page).not.toContain('A NetworkPolicy cannot deny');
  expect(withMesh.files.get('docs/runbooks/incident.md')).toContain('hubble observe');
});
