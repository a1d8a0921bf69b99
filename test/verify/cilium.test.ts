import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../src/generate.ts';
import type { Model } from '../../src/verify/model.ts';
import { nameOf, toObject } from '../../src/verify/object.ts';
import { readModel } from '../../src/verify/read.ts';
import { GRAPH_RULES } from '../../src/verify/rules/graph/index.ts';
import { catalog } from '../support.ts';
import { clusterOf, namespace, pod } from './connectivity-support.ts';

const L3 = 'docs.cilium.io, Layer 3 Policies';
const L4 = 'docs.cilium.io, Layer 4 Policies';
const L7 = 'docs.cilium.io, Layer 7 Policies';
const MODES = 'docs.cilium.io, Policy Enforcement Modes';
const KUBERNETES = 'docs.cilium.io, Using Kubernetes Constructs in Policy';

const pods = [
  namespace('shop', { team: 'store' }),
  namespace('other', { team: 'bank' }),
  pod('frontend'),
  pod('api', { ports: [{ name: 'http', containerPort: 8080 }] }),
  pod('frontend', { namespace: 'other' }),
];
let count = 0;
const policy = (spec: unknown, kind = 'CiliumNetworkPolicy') => ({
  apiVersion: 'cilium.io/v2',
  kind,
  metadata: { name: `policy-${count++}`, ...(kind === 'CiliumNetworkPolicy' && { namespace: 'shop' }) },
  spec,
});
const clusterwide = (spec: unknown) => policy(spec, 'CiliumClusterwideNetworkPolicy');
const app = (name: string) => ({ matchLabels: { app: name } });
const cluster = (...specs: unknown[]) => clusterOf(...pods, ...specs.map((one) => policy(one)));
const toApi = (...ingress: unknown[]) => cluster({ endpointSelector: app('api'), ingress });
const fromFrontend = (...egress: unknown[]) => cluster({ endpointSelector: app('frontend'), egress });
const http = { ports: [{ port: '8080', protocol: 'TCP' }] };
const requests = (one: ReturnType<typeof clusterOf>) =>
  one.c.network.rules(one.pod('api'), 'ingress', one.pod('frontend')).flatMap((rule) => rule.requests);

describe(`default deny (${MODES})`, () => {
  test('"endpoints start without any restrictions"; "If any rule selects an endpoint and the rule has an ingress section, the endpoint goes into default deny-mode for ingress"', () => {
    expect(cluster().lets('frontend → api:8080')).toBe(true);
    const one = toApi({ fromEndpoints: [app('web')] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('api → frontend:8080')).toBe(true);
  });

  test('"… has an egress section, the endpoint goes into default-deny mode for egress"', () => {
    const one = fromFrontend({ toEndpoints: [app('web')] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('api → frontend:8080')).toBe(true);
  });

  test('ingress: "If omitted or empty, this rule does not apply at ingress"', () => {
    expect(cluster({ endpointSelector: app('api'), ingress: [] }).lets('frontend → api:8080')).toBe(true);
    expect(cluster({ endpointSelector: app('api') }).lets('frontend → api:8080')).toBe(true);
  });

  test('"- {}" puts "an endpoint into default deny mode without whitelisting other peers", unlike in a NetworkPolicy', () => {
    expect(toApi({}).lets('frontend → api:8080')).toBe(false);
    expect(toApi({}).meets('ingress', 'api', '192.0.2.1', 8080)).toBe(false);
  });

  test('"Rules with EnableDefaultDeny disabled are ignored when determining the default mode"', () => {
    const spec = { endpointSelector: app('api'), ingress: [{ fromEndpoints: [app('web')] }] };
    expect(cluster({ ...spec, enableDefaultDeny: { ingress: false } }).lets('frontend → api:8080')).toBe(
      true,
    );
    expect(cluster({ ...spec, enableDefaultDeny: { egress: false } }).lets('frontend → api:8080')).toBe(
      false,
    );
    expect(
      cluster({ ...spec, enableDefaultDeny: { ingress: false } }, spec).lets('frontend → api:8080'),
    ).toBe(false);
  });

  test('enableDefaultDeny true without rules denies all (field comment: "If enabled, this causes all traffic not explicitly allowed by a network policy to be dropped")', () => {
    const one = cluster({ endpointSelector: app('api'), enableDefaultDeny: { ingress: true } });
    expect(one.lets('frontend → api:8080')).toBe(false);
  });
});

describe(`allow and deny (${L3}; docs.cilium.io, Deny Policies)`, () => {
  test('"If there is an intersection between two or more rules, then traffic matching the union of those rules will be allowed"', () => {
    const one = toApi({ fromEndpoints: [app('web')] }, { fromEndpoints: [app('frontend')], toPorts: [http] });
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('frontend → api:8081')).toBe(false);
  });

  test('"policy must be configured on both sides (sender and receiver)"', () => {
    const ingress = { endpointSelector: app('api'), ingress: [{ fromEndpoints: [app('frontend')] }] };
    expect(cluster(ingress, { endpointSelector: {}, egress: [{}] }).lets('frontend → api:8080')).toBe(false);
  });

  test('"If an egressDeny rule matches, egress traffic is denied even if the policy contains egress rules that would otherwise allow it"', () => {
    const spec = { endpointSelector: app('frontend'), egress: [{ toEntities: ['all'] }] };
    const deny = { ...spec, egressDeny: [{ toEndpoints: [app('api')], toPorts: [http] }] };
    expect(cluster(spec).lets('frontend → api:8080')).toBe(true);
    expect(cluster(deny).lets('frontend → api:8080')).toBe(false);
    expect(cluster(deny).lets('frontend → api:8081')).toBe(true);
  });

  test('"Deny policies take precedence over allow policies, regardless of whether they are … even a Kubernetes Network Policy"', () => {
    const allow = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow', namespace: 'shop' },
      spec: { podSelector: {}, ingress: [{}] },
    };
    const deny = policy({
      endpointSelector: app('api'),
      ingressDeny: [{ fromEndpoints: [app('frontend')] }],
    });
    expect(clusterOf(...pods, allow).lets('frontend → api:8080')).toBe(true);
    expect(clusterOf(...pods, allow, deny).lets('frontend → api:8080')).toBe(false);
    expect(clusterOf(...pods, allow, deny).lets('other/frontend → api:8080')).toBe(true);
  });

  test('"Similarly to allow policies, Pods will enter default-deny mode as soon a single policy selects it"', () => {
    const one = cluster({ endpointSelector: app('api'), ingressDeny: [{ fromEndpoints: [app('web')] }] });
    expect(one.lets('frontend → api:8080')).toBe(false);
  });

  test('a denied network is taken from a wider one that is allowed', () => {
    const one = cluster({
      endpointSelector: app('frontend'),
      egress: [{ toCIDR: ['10.0.0.0/8'] }],
      egressDeny: [{ toCIDR: ['10.1.0.0/16'] }],
    });
    expect(one.meets('egress', 'frontend', '10.0.0.1', 443)).toBe(true);
    expect(one.meets('egress', 'frontend', '10.1.0.1', 443)).toBe(false);
  });
});

describe(`endpoints (${L3}; ${KUBERNETES})`, () => {
  test('"An empty EndpointSelector will select all endpoints" of the policy\'s namespace', () => {
    expect(toApi({ fromEndpoints: [{}] }).lets('frontend → api:8080')).toBe(true);
    expect(toApi({ fromEndpoints: [{}] }).lets('other/frontend → api:8080')).toBe(false);
    expect(toApi({ fromEndpoints: [{}] }).meets('ingress', 'api', '192.0.2.1', 8080)).toBe(false);
  });

  test('"an empty non-nil FromEndpoints does not select anything" (field comment)', () => {
    expect(toApi({ fromEndpoints: [] }).lets('frontend → api:8080')).toBe(false);
    expect(toApi({ fromEndpoints: [], toPorts: [http] }).lets('frontend → api:8080')).toBe(false);
  });

  test('"nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also specified" (field comment)', () => {
    const one = toApi({ toPorts: [http] });
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.lets('other/frontend → api:8081')).toBe(false);
    expect(one.meets('ingress', 'api', '192.0.2.1', 8080)).toBe(true);
  });

  test('"Specifying the namespace by way of the label k8s:io.kubernetes.pod.namespace in the fromEndpoints and toEndpoints fields"', () => {
    for (const key of ['k8s:io.kubernetes.pod.namespace', 'io.kubernetes.pod.namespace']) {
      const one = toApi({ fromEndpoints: [{ matchLabels: { [key]: 'other', 'k8s:app': 'frontend' } }] });
      expect(one.lets('other/frontend → api:8080')).toBe(true);
      expect(one.lets('frontend → api:8080')).toBe(false);
    }
    const anywhere = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] };
    expect(toApi({ fromEndpoints: [anywhere] }).lets('other/frontend → api:8080')).toBe(true);
  });

  test('"the policy only applies to pods within that namespace"', () => {
    const one = cluster({ endpointSelector: app('frontend'), egress: [{}] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('other/frontend → api:8080')).toBe(true);
  });

  test('clusterwide: "ingress traffic from pods matching … from any namespace to pods matching … in any namespace"', () => {
    const one = clusterOf(
      ...pods,
      clusterwide({ endpointSelector: app('api'), ingress: [{ fromEndpoints: [app('frontend')] }] }),
    );
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.lets('api → api:8080')).toBe(false);
  });

  test('namespace labels: "supported only for a CiliumClusterwideNetworkPolicy"', () => {
    const bank = { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'bank' } };
    const spec = { endpointSelector: app('api'), ingress: [{ fromEndpoints: [bank] }] };
    const one = clusterOf(...pods, clusterwide(spec));
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(cluster(spec).lets('other/frontend → api:8080')).toBe(false);
  });

  test('"security policies based on the service account identity of a pod"', () => {
    const luke = { matchLabels: { 'io.cilium.k8s.policy.serviceaccount': 'frontend' } };
    expect(toApi({ fromEndpoints: [luke] }).lets('frontend → api:8080')).toBe(true);
    expect(toApi({ fromEndpoints: [luke] }).lets('api → api:8080')).toBe(false);
  });

  test('toServices "uses the discovered services\' label selector as an endpoint selector within the policy"', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { selector: { app: 'api' } },
    };
    const spec = {
      endpointSelector: app('frontend'),
      egress: [{ toServices: [{ k8sService: { serviceName: 'api', namespace: 'shop' } }] }],
    };
    expect(clusterOf(...pods, service, policy(spec)).lets('frontend → api:8080')).toBe(true);
    expect(clusterOf(...pods, service, policy(spec)).lets('frontend → frontend:8080')).toBe(false);
  });

  test('nodeSelector: a policy for nodes says nothing of pods; specs: each is a policy', () => {
    const nodes = clusterwide({ nodeSelector: {}, ingress: [{ fromEntities: ['world'] }] });
    expect(clusterOf(...pods, nodes).lets('frontend → api:8080')).toBe(true);
    const specs = { ...policy(undefined), specs: [{ endpointSelector: app('api'), ingress: [{}] }] };
    expect(clusterOf(...pods, specs).lets('frontend → api:8080')).toBe(false);
  });
});

describe(`entities (${L3})`, () => {
  test('all: "all known clusters as well world and whitelists all communication"', () => {
    expect(toApi({ fromEntities: ['all'] }).lets('other/frontend → api:8080')).toBe(true);
    expect(toApi({ fromEntities: ['all'] }).meets('ingress', 'api', '192.0.2.1', 8080)).toBe(true);
  });

  test('world: "Allowing to world is identical to allowing to CIDR 0.0.0.0/0": no pod of the cluster', () => {
    const one = fromFrontend({ toEntities: ['world'] });
    expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(true);
    expect(one.lets('frontend → api:8080')).toBe(false);
  });

  test('cluster: "all network endpoints inside of the local cluster": no address outside', () => {
    const one = fromFrontend({ toEntities: ['cluster'] });
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(false);
    expect(one.names('egress', 'frontend', 443)).toContain('entity:kube-apiserver');
  });

  test('kube-apiserver, host, remote-node, ingress, health are names of their own: neither pods nor networks', () => {
    for (const entity of ['kube-apiserver', 'host', 'remote-node', 'ingress', 'health']) {
      const one = fromFrontend({ toEntities: [entity] });
      expect(one.names('egress', 'frontend', 443)).toEqual([`entity:${entity}`]);
      expect(one.lets('frontend → api:8080')).toBe(false);
      expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(false);
    }
  });
});

describe(`networks and hosts (${L3})`, () => {
  test('CIDRSet: "along with an optional list of prefixes … from which communication is not allowed"', () => {
    const one = fromFrontend({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.96.0.0/12'] }] });
    expect(one.meets('egress', 'frontend', '10.0.0.1', 443)).toBe(true);
    expect(one.meets('egress', 'frontend', '10.96.0.1', 443)).toBe(false);
  });

  test('CIDR "20.1.1.1" or "20.1.1.1/32", at ingress as at egress', () => {
    expect(toApi({ fromCIDR: ['20.1.1.1/32'] }).meets('ingress', 'api', '20.1.1.1', 8080)).toBe(true);
    expect(toApi({ fromCIDR: ['20.1.1.1'] }).meets('ingress', 'api', '20.1.1.1', 8080)).toBe(true);
    expect(toApi({ fromCIDR: ['20.1.1.1'] }).meets('ingress', 'api', '20.1.1.2', 8080)).toBe(false);
  });

  test('"CIDR rules do not apply to traffic where both sides of the connection are … managed by Cilium"', () => {
    expect(fromFrontend({ toCIDR: ['0.0.0.0/0', '::/0'] }).lets('frontend → api:8080')).toBe(false);
  });

  test('several kinds of peers in one rule are alternatives (pkg/policy/api, IngressCommonRule)', () => {
    const one = toApi({ fromEndpoints: [app('frontend')], fromCIDR: ['192.0.2.0/24'] });
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.meets('ingress', 'api', '192.0.2.1', 8080)).toBe(true);
  });

  test('toFQDNs: matchName "exactly", matchPattern with wildcards', () => {
    const one = fromFrontend({ toFQDNs: [{ matchName: 'a.example' }, { matchPattern: '*.b.example' }] });
    expect(one.names('egress', 'frontend', 443)).toEqual(['host:a.example', 'host:*.b.example']);
    expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(false);
  });

  test('a list of networks that only the cluster knows opens an unknown', () => {
    const one = fromFrontend({ toCIDRSet: [{ cidrGroupRef: 'partners' }] });
    expect(one.names('egress', 'frontend', 443)).toEqual(['CiliumCIDRGroup:partners']);
  });
});

describe(`ports (${L4})`, () => {
  const peer = { fromEndpoints: [app('frontend')] };
  const on = (...ports: unknown[]) => toApi({ ...peer, toPorts: [{ ports }] });

  test('"If no layer 4 policy is specified for an endpoint, the endpoint is allowed to send and receive on all layer 4 ports"', () => {
    expect(toApi(peer).lets('frontend → api:1')).toBe(true);
    expect(toApi(peer).lets('frontend → api:9/UDP')).toBe(true);
  });

  test('Protocol: "If omitted or empty, any protocol matches. Accepted values: TCP, UDP, ""/ANY"', () => {
    for (const protocol of [undefined, '', 'ANY']) {
      expect(on({ port: '53', protocol }).lets('frontend → api:53')).toBe(true);
      expect(on({ port: '53', protocol }).lets('frontend → api:53/UDP')).toBe(true);
    }
    expect(on({ port: '53', protocol: 'UDP' }).lets('frontend → api:53')).toBe(false);
  });

  test('"TCP on ports 80-444": endPort', () => {
    const one = on({ port: '80', endPort: 444, protocol: 'TCP' });
    for (const port of [80, 200, 444]) expect(one.lets(`frontend → api:${port}`)).toBe(true);
    for (const port of [79, 445]) expect(one.lets(`frontend → api:${port}`)).toBe(false);
  });

  test('Port "can be an L4 port number, or a name"; "EndPort is ignored if Port is a named port"', () => {
    const one = on({ port: 'http', endPort: 9000, protocol: 'TCP' });
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('frontend → api:8081')).toBe(false);
  });

  test('"If any ICMP policy is specified, layer 4 … communication will be blocked"', () => {
    expect(toApi({ ...peer, icmps: [{ fields: [{ type: 8 }] }] }).lets('frontend → api:8080')).toBe(false);
  });
});

describe(`requests (${L7})`, () => {
  const rules = (...http: unknown[]) =>
    toApi({
      fromEndpoints: [app('frontend')],
      toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }], rules: { http } }],
    });

  test('"A layer 7 request is permitted if at least one of the rules matches": method and path', () => {
    expect(requests(rules({ method: 'GET', path: '/public' }, { method: 'PUT', path: '/a/.*' }))).toEqual([
      { methods: ['GET'], paths: ['/public'], partial: false },
      { methods: ['PUT'], paths: ['/a/*'], partial: false },
    ]);
  });

  test('"Path is an extended POSIX regex": what is no text or prefix is kept as it is', () => {
    expect(requests(rules({ path: '^/v1/[0-9]+$', method: 'GET|HEAD' }))).toEqual([
      { methods: ['GET', 'HEAD'], paths: ['~^/v1/[0-9]+$'], partial: false },
    ]);
    expect(requests(rules({ path: '/shop\\.Cart/Get' }))[0]?.paths).toEqual(['/shop.Cart/Get']);
  });

  test('Method, Path: "If omitted or empty, all … are allowed"; "If no rules are specified, then all traffic is permitted"', () => {
    expect(requests(rules({}))).toEqual([{ methods: [], paths: [], partial: false }]);
    expect(requests(rules())).toEqual([]);
  });

  test('Host and Headers: some of the requests', () => {
    expect(requests(rules({ method: 'GET', headers: ['X-My-Header: true'] }))[0]?.partial).toBe(true);
    expect(requests(rules({ host: 'a' }))[0]?.partial).toBe(true);
  });

  test('dns: names that may be asked for', () => {
    const one = fromFrontend({
      toEndpoints: [
        { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } },
      ],
      toPorts: [
        { ports: [{ port: '53' }], rules: { dns: [{ matchPattern: '*' }, { matchName: 'a.example' }] } },
      ],
    });
    expect(one.c.network.policies[0]?.rules[0]?.dnsNames).toEqual(['*', 'a.example']);
  });
});

describe('against a graph', () => {
  const blueprint = parse(
    readFileSync(path.join(import.meta.dirname, '../scenarios/other-options/blueprint.yaml'), 'utf8'),
  ) as Record<string, unknown>;
  const read = readModel(generate(blueprint, catalog, new Set()).files, catalog);
  // As if the chosen network policies could name hosts.
  const model: Model = {
    ...read,
    declared: { ...read.declared, capabilities: [...read.declared.capabilities, 'egress-hosts'] },
  };
  const dns = {
    toEndpoints: [
      { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } },
    ],
    toPorts: [{ ports: [{ port: '53' }], rules: { dns: [{ matchPattern: '*' }] } }],
  };
  const on = (port: string) => [{ ports: [{ port, protocol: 'TCP' }] }];
  const cidr = { toCIDRSet: [{ cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] }], toPorts: on('8443') };
  const host = { toFQDNs: [{ matchName: 'api.payments.example' }], toPorts: on('443') };

  /** The findings with these egress rules in place of a NetworkPolicy. */
  const lines = (of: Model, name: string, namespace: string, app: string, ...egress: unknown[]) => {
    const body = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name, namespace },
      spec: { endpointSelector: { matchLabels: { app } }, egress },
    };
    const ours = toObject('cilium.yaml', body, () => ({ line: 1, column: 1 }));
    const others = of.objects.filter((one) => nameOf(one) !== `NetworkPolicy ${namespace}/${name}`);
    const changed = { ...of, objects: [...others, ours] };
    // Others reach hosts by consent, which Cilium would not need.
    return GRAPH_RULES.flatMap((rule) =>
      [...rule.check(changed)].map((hit) => `${rule.id} ${hit.message}`),
    ).filter((line) => line.includes(`${namespace}/${app}`));
  };
  const web = (...egress: unknown[]) => lines(model, 'allow-egress-web', 'web', 'web', ...egress);

  test('a host by its name, once DNS answers are seen', () => {
    expect(web(dns, cidr, host)).toEqual([]);
    expect(web(cidr, host)).toEqual([
      expect.stringMatching(/graph\/blocked web\/web → api\.payments\.example .*rules\.dns/),
    ]);
    expect(web(dns, cidr)).toEqual([
      expect.stringContaining('graph/blocked web/web → api.payments.example 443/TCP'),
    ]);
  });

  test('a wider name, network or entity is open', () => {
    expect(web(dns, cidr, { ...host, toFQDNs: [{ matchPattern: '*.payments.example' }] })).toEqual([
      'graph/open web/web → host *.payments.example 443/TCP: open and not declared',
    ]);
    expect(web(dns, { ...cidr, toCIDRSet: [{ cidr: '203.0.113.0/24' }] }, host)).toEqual([
      'graph/open web/web → 203.0.113.128/25 8443/TCP: open and not declared',
    ]);
    expect(web(dns, cidr, host, { toEntities: ['world'], toPorts: on('443') })).toEqual([
      expect.stringContaining('graph/open web/web → any address 443/TCP'),
    ]);
  });

  test('the API server by its entity', () => {
    const agent = (...egress: unknown[]) =>
      lines(read, 'allow-egress-node-agent', 'ledger', 'node-agent', ...egress);
    const ports = [{ ports: ['443', '6443'].map((port) => ({ port, protocol: 'TCP' })) }];
    expect(agent({ toEntities: ['kube-apiserver'], toPorts: ports })).toEqual([]);
    expect(agent({ toEntities: ['kube-apiserver', 'host'], toPorts: ports })).toEqual([
      'graph/open ledger/node-agent → entity host 443/TCP, 6443/TCP: open and not declared',
    ]);
  });

  test('an egressDeny in the way', () => {
    const body = { egressDeny: [{ toCIDR: ['203.0.113.0/28'] }] };
    const deny = toObject(
      'cilium.yaml',
      { ...policy({ endpointSelector: {}, ...body }), metadata: { name: 'deny', namespace: 'web' } },
      () => ({ line: 1, column: 1 }),
    );
    const changed = { ...read, objects: [...read.objects, deny] };
    const blocked = GRAPH_RULES.flatMap((rule) =>
      [...rule.check(changed)].map((hit) => `${rule.id} ${hit.message}`),
    );
    expect(blocked.filter((one) => one.includes('203.0.113.0/24'))).toEqual([
      expect.stringContaining('graph/blocked web/web → 203.0.113.0/24 8443/TCP'),
    ]);
  });
});
