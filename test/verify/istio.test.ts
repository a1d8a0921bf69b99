import { describe, expect, test } from 'vitest';
import { authorizationOpenings } from '../../src/verify/connectivity/mesh-openings.ts';
import { clusterOf, namespace, pod, type Cluster } from './connectivity-support.ts';

const AUTHZ = 'istio.io, Authorization Policy';
const PEER = 'istio.io, PeerAuthentication';

const pods = [
  namespace('shop', { 'istio-injection': 'enabled' }),
  namespace('other', { 'istio-injection': 'enabled' }),
  namespace('plain'),
  pod('frontend'),
  pod('api', { labels: { tier: 'back' } }),
  pod('frontend', { namespace: 'other' }),
  pod('tool', { namespace: 'plain' }),
];
let count = 0;
const object = (kind: string, spec: unknown, where = 'shop', annotations = {}) => ({
  apiVersion: 'security.istio.io/v1',
  kind,
  metadata: { name: `policy-${count++}`, namespace: where, annotations },
  spec,
});
const authz = (spec: unknown, where?: string) => object('AuthorizationPolicy', spec, where);
const peer = (spec: unknown, where?: string) => object('PeerAuthentication', spec, where);
const cluster = (...objects: Record<string, unknown>[]) => clusterOf(...pods, ...objects);
const allowed = (one: Cluster, connection = 'frontend → api:8080') => one.mesh(connection).allowed;
const requests = (one: Cluster, connection = 'frontend → api:8080') =>
  one.mesh(connection).requests.flatMap((found) => found.requests);

const api = { selector: { matchLabels: { app: 'api' } } };
const principal = 'cluster.local/ns/shop/sa/frontend';
const from = (source: unknown) => ({ from: [{ source }] });
const to = (operation: unknown) => ({ to: [{ operation }] });
const rule = (one: unknown) => cluster(authz({ ...api, rules: [one] }));

describe(`actions (${AUTHZ})`, () => {
  test('"If there are no ALLOW policies for the workload, allow the request"', () => {
    expect(allowed(cluster())).toBe(true);
    expect(allowed(cluster(authz({ selector: { matchLabels: { app: 'web' } } })))).toBe(true);
  });

  test('"If any of the ALLOW policies match the request, allow the request. Deny the request" otherwise', () => {
    const one = cluster(
      authz({ ...api, rules: [from({ namespaces: ['other'] })] }),
      authz({ ...api, rules: [from({ principals: [principal] })] }),
    );
    expect(allowed(one, 'frontend → api:8080')).toBe(true);
    expect(allowed(one, 'other/frontend → api:8080')).toBe(true);
    expect(allowed(one, 'api → api:8080')).toBe(false);
  });

  test('"If there are any DENY policies that match the request, deny the request", whatever allows it', () => {
    const deny = authz({ ...api, action: 'DENY', rules: [from({ namespaces: ['other'] })] });
    const one = cluster(authz({ ...api, rules: [{}] }), deny);
    expect(allowed(one, 'other/frontend → api:8080')).toBe(false);
    expect(allowed(one, 'frontend → api:8080')).toBe(true);
    expect(one.mesh('other/frontend → api:8080').why).toContain('DENY');
  });

  test('a DENY policy alone lets all else pass', () => {
    const one = cluster(authz({ ...api, action: 'DENY', rules: [from({ namespaces: ['other'] })] }));
    expect(allowed(one)).toBe(true);
  });

  test('"AUDIT policies do not affect whether requests are allowed or denied"', () => {
    expect(allowed(cluster(authz({ ...api, action: 'AUDIT' })))).toBe(true);
    expect(allowed(cluster(authz({ ...api }), authz({ ...api, action: 'AUDIT', rules: [{}] })))).toBe(false);
  });

  test('CUSTOM: "the extension cannot bypass the authorization decision made by ALLOW and DENY action"', () => {
    const custom = authz({ ...api, action: 'CUSTOM', provider: { name: 'oauth' }, rules: [{}] });
    expect(allowed(cluster(authz({ ...api }), custom))).toBe(false);
    expect(allowed(cluster(custom))).toBe(true);
  });

  test('"The default action is ALLOW"', () => {
    expect(allowed(cluster(authz({ ...api })))).toBe(false);
    expect(allowed(cluster(authz({ ...api, rules: [{}] })))).toBe(true);
  });

  test('istio.io/dry-run: "to dry-run the policy without actually enforcing it"', () => {
    const dry = (spec: unknown) =>
      cluster(object('AuthorizationPolicy', spec, 'shop', { 'istio.io/dry-run': 'true' }));
    expect(allowed(dry({ ...api }))).toBe(true);
    expect(allowed(dry({ ...api, action: 'DENY', rules: [{}] }))).toBe(true);
  });
});

describe(`scope (${AUTHZ})`, () => {
  test('spec {}: "allows nothing and effectively denies all requests to workloads in namespace foo"', () => {
    const one = cluster(authz({}));
    expect(allowed(one)).toBe(false);
    expect(allowed(one, 'frontend → other/frontend:8080')).toBe(true);
  });

  test('rules [{}]: "allows all requests to workloads in namespace foo": "An empty rule is always matched"', () => {
    expect(allowed(cluster(authz({}), authz({ rules: [{}] })))).toBe(true);
  });

  test('"If set to root namespace, the policy applies to all namespaces in a mesh"', () => {
    const one = cluster(authz({}, 'istio-system'));
    expect(allowed(one)).toBe(false);
    expect(allowed(one, 'frontend → other/frontend:8080')).toBe(false);
    expect(allowed(one, 'frontend → plain/tool:8080')).toBe(true);
  });

  test('"If the authorization policy is in the root namespace, the selector will additionally match with workloads in all namespaces"', () => {
    const one = cluster(authz({ selector: { matchLabels: { app: 'frontend' } } }, 'istio-system'));
    expect(allowed(one, 'api → frontend:80')).toBe(false);
    expect(allowed(one, 'api → other/frontend:80')).toBe(false);
    expect(allowed(one, 'frontend → api:80')).toBe(true);
  });

  test('"The selector will match with workloads in the same namespace as the authorization policy"', () => {
    const one = cluster(authz({ selector: { matchLabels: { app: 'frontend' } } }));
    expect(allowed(one, 'api → frontend:80')).toBe(false);
    expect(allowed(one, 'api → other/frontend:80')).toBe(true);
  });

  test('the root namespace is that of meshConfig.rootNamespace (istio.io, Global Mesh Options)', () => {
    const release = {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'istiod', namespace: 'flux-system' },
      spec: { values: { meshConfig: { rootNamespace: 'mesh' } } },
    };
    expect(allowed(cluster(release, authz({}, 'mesh')))).toBe(false);
    expect(allowed(cluster(release, authz({}, 'istio-system')))).toBe(true);
  });

  test('targetRefs of a Gateway guard the pods of that Gateway alone (istio.io, PolicyTargetReference)', () => {
    const gateway = pod('public-istio', {
      labels: { 'gateway.networking.k8s.io/gateway-name': 'public', 'sidecar.istio.io/inject': 'true' },
    });
    const target = (name: string) =>
      authz({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }] });
    expect(allowed(cluster(gateway, target('public')), 'frontend → public-istio:80')).toBe(false);
    expect(allowed(cluster(gateway, target('public')), 'frontend → api:80')).toBe(true);
    expect(allowed(cluster(gateway, target('private')), 'frontend → public-istio:80')).toBe(true);
  });

  test('targetRefs of a Service or GatewayClass guard waypoints: without one, nothing', () => {
    for (const kind of ['Service', 'GatewayClass'])
      expect(allowed(cluster(authz({ targetRefs: [{ kind, name: 'api' }] })))).toBe(true);
  });
});

describe(`sources (${AUTHZ})`, () => {
  test('from: "If not set, any source is allowed"', () => {
    expect(allowed(rule(to({ ports: ['8080'] })), 'plain/tool → api:8080')).toBe(true);
  });

  test('"A match occurs when at least one source, one operation and all conditions matches the request"', () => {
    const one = rule({
      from: [{ source: { principals: ['x'] } }, { source: { namespaces: ['shop'] } }],
      to: [{ operation: { ports: ['1'] } }, { operation: { ports: ['8080'] } }],
      when: [{ key: 'destination.port', values: ['8080', '9090'] }],
    });
    expect(allowed(one)).toBe(true);
    expect(allowed(one, 'frontend → api:1')).toBe(false);
    expect(allowed(one, 'other/frontend → api:8080')).toBe(false);
  });

  test('"Fields in the source are ANDed together"', () => {
    expect(allowed(rule(from({ principals: [principal], namespaces: ['other'] })))).toBe(false);
    expect(allowed(rule(from({ principals: [principal], namespaces: ['other', 'shop'] })))).toBe(true);
  });

  test.each([
    ['Exact match: "abc" will match on value "abc"', principal, true],
    ['Exact match, another value', 'cluster.local/ns/shop/sa/front', false],
    ['Prefix match: "abc*" will match on value "abc" and "abcd"', 'cluster.local/ns/shop/*', true],
    ['Prefix match, the whole value', `${principal}*`, true],
    ['Suffix match: "*abc" will match on value "abc" and "xabc"', '*/sa/frontend', true],
    ['Suffix match, another value', '*/sa/api', false],
    ['Presence match: "*" will match when value is not empty', '*', true],
  ])('%s', (_, pattern, expected) => {
    expect(allowed(rule(from({ principals: [pattern] })))).toBe(expected);
  });

  test('principals: "This field requires mTLS enabled": a caller without a certificate has none, not even for "*"', () => {
    expect(allowed(rule(from({ principals: ['*'] })), 'plain/tool → api:8080')).toBe(false);
    expect(allowed(rule(from({ namespaces: ['plain'] })), 'plain/tool → api:8080')).toBe(false);
    const disabled = cluster(
      peer({ mtls: { mode: 'DISABLE' } }),
      authz({ ...api, rules: [from({ principals: ['*'] })] }),
    );
    expect(allowed(disabled)).toBe(false);
  });

  test('notPrincipals and notNamespaces: "negative match"; who has no certificate is not excluded', () => {
    const not = rule(from({ notPrincipals: [principal] }));
    expect(allowed(not)).toBe(false);
    expect(allowed(not, 'api → api:8080')).toBe(true);
    expect(allowed(not, 'plain/tool → api:8080')).toBe(true);
    expect(allowed(rule(from({ notNamespaces: ['shop'] })), 'other/frontend → api:8080')).toBe(true);
    expect(allowed(rule(from({ notNamespaces: ['shop'] })))).toBe(false);
  });

  test('serviceAccounts: "ns/sa", or "sa" for one of the namespace of the policy', () => {
    expect(allowed(rule(from({ serviceAccounts: ['shop/frontend'] })))).toBe(true);
    expect(allowed(rule(from({ serviceAccounts: ['frontend'] })))).toBe(true);
    expect(allowed(rule(from({ serviceAccounts: ['frontend'] })), 'other/frontend → api:8080')).toBe(false);
  });

  test('addresses and tokens are not in files: such a rule may match, but is not counted on for every request', () => {
    for (const source of [
      { ipBlocks: ['10.0.0.0/8'] },
      { requestPrincipals: ['*'] },
      { notRemoteIpBlocks: ['10.0.0.1'] },
    ]) {
      expect(allowed(rule(from(source)))).toBe(true);
      expect(requests(rule(from(source)))).toEqual([{ methods: [], paths: [], partial: true }]);
    }
  });

  test('the trust domain of meshConfig is that of principals; "cluster.local" stands for it', () => {
    const release = {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'istiod', namespace: 'flux-system' },
      spec: { values: { meshConfig: { trustDomain: 'acme.example' } } },
    };
    const named = (one: string) =>
      allowed(cluster(release, authz({ ...api, rules: [from({ principals: [one] })] })));
    expect(named('acme.example/ns/shop/sa/frontend')).toBe(true);
    expect(named(principal)).toBe(true);
    expect(named('other.example/ns/shop/sa/frontend')).toBe(false);
  });
});

describe(`operations (${AUTHZ})`, () => {
  test('ports: "If not set, any port is allowed"', () => {
    expect(allowed(rule(to({ ports: ['8080'] })))).toBe(true);
    expect(allowed(rule(to({ ports: ['8080'] })), 'frontend → api:9090')).toBe(false);
    expect(allowed(rule(to({ notPorts: ['8080'] })))).toBe(false);
    expect(allowed(rule(to({ notPorts: ['8080'] })), 'frontend → api:9090')).toBe(true);
  });

  test('methods and paths: what is allowed are these requests', () => {
    const one = rule({
      to: [{ operation: { methods: ['GET'], paths: ['/a*'] } }, { operation: { methods: ['POST'] } }],
    });
    expect(requests(one)).toEqual([
      { methods: ['GET'], paths: ['/a*'], partial: false },
      { methods: ['POST'], paths: [], partial: false },
    ]);
  });

  test('an operation without methods and paths is every request, whatever stands beside it', () => {
    const one = rule({ to: [{ operation: { methods: ['GET'] } }, { operation: { ports: ['8080'] } }] });
    expect(allowed(one)).toBe(true);
    expect(requests(one)).toEqual([]);
  });

  test('hosts, notMethods, notPaths and unknown conditions: some of the requests', () => {
    for (const operation of [{ hosts: ['a'] }, { notMethods: ['GET'] }, { notPaths: ['/a'] }])
      expect(requests(rule(to(operation)))).toEqual([{ methods: [], paths: [], partial: true }]);
    const when = [{ key: 'request.headers[x]', values: ['1'] }];
    expect(requests(rule({ when }))).toEqual([{ methods: [], paths: [], partial: true }]);
  });

  test('when: source.namespace, source.principal and destination.port are known (istio.io, Authorization Policy Conditions)', () => {
    expect(allowed(rule({ when: [{ key: 'source.namespace', values: ['shop'] }] }))).toBe(true);
    expect(allowed(rule({ when: [{ key: 'source.namespace', notValues: ['shop'] }] }))).toBe(false);
    expect(allowed(rule({ when: [{ key: 'source.principal', values: ['*/sa/api'] }] }))).toBe(false);
    expect(allowed(rule({ when: [{ key: 'destination.port', values: ['9090'] }] }))).toBe(false);
  });

  const tcp = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api', namespace: 'shop' },
    spec: {
      selector: { app: 'api' },
      ports: [{ name: 'db', port: 80, targetPort: 8080, appProtocol: 'mysql' }],
    },
  };
  test('on plain TCP an ALLOW rule with HTTP fields never matches (istio.io, Authorization for TCP traffic)', () => {
    const allow = authz({ ...api, rules: [to({ methods: ['GET'] })] });
    expect(allowed(cluster(allow))).toBe(true);
    expect(allowed(cluster(tcp, allow))).toBe(false);
  });

  test('"For a DENY rule, missing attributes are treated as matches. This means all TCP traffic … would be denied"', () => {
    const deny = authz({ ...api, action: 'DENY', rules: [to({ methods: ['POST'], ports: ['8080'] })] });
    expect(allowed(cluster(tcp, deny))).toBe(false);
    expect(allowed(cluster(tcp, deny), 'frontend → api:9090')).toBe(true);
    expect(allowed(cluster(deny))).toBe(true);
    expect(cluster(deny).mesh('frontend → api:8080').denied).toHaveLength(1);
  });
});

describe(`mutual TLS (${PEER})`, () => {
  const mode = (one: Cluster, name: string, port = 8080) => one.c.mesh.mutualTls(one.pod(name), port).mode;
  const strict = { mtls: { mode: 'STRICT' } };
  const permissive = { mtls: { mode: 'PERMISSIVE' } };

  test('UNSET: "Inherit from parent, if has one. Otherwise treated as PERMISSIVE"', () => {
    expect(mode(cluster(), 'api')).toBe('PERMISSIVE');
    expect(mode(cluster(peer({ mtls: { mode: 'UNSET' } })), 'api')).toBe('PERMISSIVE');
    expect(mode(cluster(peer({ mtls: { mode: 'UNSET' } }), peer(strict, 'istio-system')), 'api')).toBe(
      'STRICT',
    );
    expect(mode(cluster(peer({}), peer(strict, 'istio-system')), 'api')).toBe('STRICT');
  });

  test('"If it is in the root namespace, it would be applied to all workloads in the mesh"', () => {
    const one = cluster(peer(strict, 'istio-system'));
    expect(mode(one, 'api')).toBe('STRICT');
    expect(mode(one, 'other/frontend')).toBe('STRICT');
  });

  test('"If not set, the policy will be applied to all workloads in the same namespace as the policy", before the mesh\'s', () => {
    const one = cluster(peer(strict, 'istio-system'), peer(permissive));
    expect(mode(one, 'api')).toBe('PERMISSIVE');
    expect(mode(one, 'other/frontend')).toBe('STRICT');
  });

  test('"allow both mTLS & plaintext traffic for all workloads under namespace foo, but require mTLS for workload finance"', () => {
    const one = cluster(peer(permissive), peer({ ...api, ...strict }));
    expect(mode(one, 'api')).toBe('STRICT');
    expect(mode(one, 'frontend')).toBe('PERMISSIVE');
  });

  test('"mTLS strict for all workloads, but leave port 8080 to plaintext": the port of the workload', () => {
    const one = cluster(peer({ ...api, ...strict, portLevelMtls: { 8080: { mode: 'DISABLE' } } }));
    expect(mode(one, 'api', 8080)).toBe('DISABLE');
    expect(mode(one, 'api', 9090)).toBe('STRICT');
  });

  test('portLevelMtls: "These only apply when a workload selector is specified"', () => {
    const one = cluster(peer({ ...strict, portLevelMtls: { 8080: { mode: 'DISABLE' } } }));
    expect(mode(one, 'api', 8080)).toBe('STRICT');
  });

  test('a selector in the root namespace selects nothing (istio, composePeerAuthentication)', () => {
    expect(mode(cluster(peer({ ...api, ...strict }, 'istio-system')), 'api')).toBe('PERMISSIVE');
  });

  test('of two on one level the oldest counts, which no file tells: the weaker is assumed', () => {
    expect(mode(cluster(peer(strict), peer(permissive)), 'api')).toBe('PERMISSIVE');
    expect(mode(cluster(peer(permissive), peer(strict)), 'api')).toBe('PERMISSIVE');
  });

  test('STRICT: "TLS with client cert must be presented": callers outside of the mesh are not heard', () => {
    const one = cluster(peer(strict, 'istio-system'));
    expect(one.mesh('plain/tool → api:8080')).toMatchObject({ allowed: false, layer: 'mutual TLS' });
    expect(one.mesh('outside → api:8080').allowed).toBe(false);
    expect(one.mesh('frontend → api:8080').allowed).toBe(true);
    expect(cluster(peer(permissive)).mesh('plain/tool → api:8080').allowed).toBe(true);
  });

  test('ports of the proxy itself and other protocols pass it by (istio.io, Ports used by Istio; TCP only)', () => {
    const one = cluster(peer(strict, 'istio-system'), authz({}, 'istio-system'));
    for (const port of [15020, 15021, 15090]) expect(one.mesh(`plain/tool → api:${port}`).allowed).toBe(true);
    expect(one.mesh('plain/tool → api:8125/UDP').allowed).toBe(true);
    expect(one.mesh('plain/tool → api:15000').allowed).toBe(false);
  });
});

describe('who is in the mesh (istio.io, Controlling the injection policy)', () => {
  const meshOf = (labels: Record<string, string>, own: Record<string, string> = {}) => {
    const one = clusterOf(namespace('shop', labels), pod('api', { labels: own }));
    return one.pod('api').mesh;
  };

  test('by the label of the namespace, unless the pod says otherwise', () => {
    expect(meshOf({ 'istio-injection': 'enabled' })).toBe('sidecar');
    expect(meshOf({ 'istio.io/rev': 'stable' })).toBe('sidecar');
    expect(meshOf({})).toBe('');
    expect(meshOf({ 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' })).toBe('');
    expect(meshOf({}, { 'sidecar.istio.io/inject': 'true' })).toBe('sidecar');
    expect(meshOf({ 'istio-injection': 'disabled' }, { 'sidecar.istio.io/inject': 'true' })).toBe('');
  });

  test('ambient: by istio.io/dataplane-mode of the namespace or the pod', () => {
    expect(meshOf({ 'istio.io/dataplane-mode': 'ambient' })).toBe('ambient');
    expect(meshOf({ 'istio.io/dataplane-mode': 'ambient' }, { 'istio.io/dataplane-mode': 'none' })).toBe('');
  });
});

describe('ambient (istio, pilot/pkg/serviceregistry/ambient/authorization.go)', () => {
  const ambient = [namespace('shop', { 'istio.io/dataplane-mode': 'ambient' }), pod('frontend'), pod('api')];
  const one = (...objects: Record<string, unknown>[]) => clusterOf(...ambient, ...objects);

  test('calls between its pods cross the network on 15008 (istio.io, Ambient and Kubernetes NetworkPolicy)', () => {
    const open = (port: number) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'api' } }, ingress: [{ ports: [{ port }] }] },
    });
    expect(one(open(15008)).lets('frontend → api:15008')).toBe(true);
    expect(one(open(8080)).lets('frontend → api:15008')).toBe(false);
  });

  test('an ALLOW rule with HTTP fields drops out at ztunnel; a DENY rule is enforced without them', () => {
    expect(allowed(one(authz({ ...api, rules: [to({ methods: ['GET'] })] })))).toBe(false);
    expect(allowed(one(authz({ ...api, action: 'DENY', rules: [to({ methods: ['GET'] })] })))).toBe(false);
    expect(allowed(one(authz({ ...api, rules: [from({ principals: [principal] })] })))).toBe(true);
  });

  const waypoint = [
    namespace('shop', { 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'waypoint' }),
    pod('frontend'),
    pod('api'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { selector: { app: 'api' }, ports: [{ port: 8080 }] },
    },
  ];
  const onlyWaypoint = authz({
    ...api,
    rules: [from({ principals: ['cluster.local/ns/shop/sa/waypoint'] })],
  });
  const atService = authz({
    targetRefs: [{ kind: 'Service', name: 'api' }],
    rules: [{ ...from({ principals: [principal] }), ...to({ methods: ['GET'] }) }],
  });

  test("behind a waypoint, the pod hears the waypoint's identity, and the waypoint checks the caller (istio.io, Use Layer 7 features)", () => {
    const guarded = clusterOf(...waypoint, onlyWaypoint, atService);
    expect(allowed(guarded)).toBe(true);
    expect(requests(guarded)).toEqual([{ methods: ['GET'], paths: [], partial: false }]);
    expect(allowed(guarded, 'api → api:8080')).toBe(false);
    expect(allowed(clusterOf(...waypoint, authz({}, 'istio-system'), atService))).toBe(false);
  });

  test('who is let in at the waypoint by name is compared as well', () => {
    const { c } = clusterOf(...waypoint, onlyWaypoint, atService);
    const at = authorizationOpenings(c).map(({ object, connections }) => [
      object?.body['spec'],
      connections.map(({ from }) => from),
    ]);
    expect(at).toContainEqual([atService['spec'], ['shop/frontend']]);
  });

  test('who may go to the pod itself goes around the waypoint', () => {
    const around = authz({ ...api, rules: [from({ namespaces: ['shop'] })] });
    expect(requests(clusterOf(...waypoint, around, atService))).toEqual([]);
    expect(allowed(clusterOf(...waypoint, around, atService), 'api → api:8080')).toBe(true);
  });
});
