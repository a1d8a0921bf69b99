import { describe, expect, test } from 'vitest';
import { clusterOf, namespace, pod } from './connectivity-support.ts';

const DOCS = 'kubernetes.io, Network Policies';
const API = 'kubernetes/api networking/v1/types.go';

const pods = [
  namespace('shop', { team: 'store' }),
  namespace('other', { team: 'bank' }),
  pod('frontend'),
  pod('api', {
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
    ],
  }),
  pod('frontend', { namespace: 'other' }),
  pod('api', { namespace: 'other' }),
];
let count = 0;
const policy = (spec: unknown) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: `policy-${count++}`, namespace: 'shop' },
  spec,
});
const cluster = (...specs: unknown[]) => clusterOf(...pods, ...specs.map(policy));
const api = { podSelector: { matchLabels: { app: 'api' } } };
const frontend = { podSelector: { matchLabels: { app: 'frontend' } } };
const toApi = (ingress: unknown) => cluster({ ...api, policyTypes: ['Ingress'], ingress });
const http = [{ port: 8080, protocol: 'TCP' }];

describe(`isolation (${DOCS})`, () => {
  test('"By default, a pod is non-isolated for egress; all outbound connections are allowed", and so for ingress', () => {
    expect(cluster().lets('frontend → api:8080')).toBe(true);
    expect(cluster().meets('egress', 'frontend', '192.0.2.1', 443)).toBe(true);
    expect(cluster().meets('ingress', 'frontend', '192.0.2.1', 443)).toBe(true);
  });

  test('"A pod is isolated for ingress if there is any NetworkPolicy that both selects the pod and has Ingress in its policyTypes"', () => {
    const one = cluster({ ...api, policyTypes: ['Ingress'] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('api → frontend:8080')).toBe(true);
    expect(one.lets('frontend → other/api:8080')).toBe(true);
  });

  test('"A pod is isolated for egress if there is any NetworkPolicy that both selects the pod and has Egress in its policyTypes"', () => {
    const one = cluster({ ...frontend, policyTypes: ['Egress'] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('api → frontend:8080')).toBe(true);
    expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(false);
  });

  test('"Network policies do not conflict; they are additive"', () => {
    const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
    const allow = [
      { ...api, policyTypes: ['Ingress'], ingress: [{ from: [frontend], ports: http }] },
      { ...frontend, policyTypes: ['Egress'], egress: [{ to: [api], ports: http }] },
    ];
    expect(cluster(deny, ...allow).lets('frontend → api:8080')).toBe(true);
    expect(cluster(...allow, deny).lets('frontend → api:8080')).toBe(true);
    expect(cluster(deny, ...allow).lets('frontend → api:8081')).toBe(false);
  });

  test('"both the egress policy on the source pod and the ingress policy on the destination pod need to allow the connection"', () => {
    const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
    const ingress = { ...api, policyTypes: ['Ingress'], ingress: [{ from: [frontend] }] };
    const egress = { ...frontend, policyTypes: ['Egress'], egress: [{ to: [api] }] };
    expect(cluster(deny, ingress).lets('frontend → api:8080')).toBe(false);
    expect(cluster(deny, egress).lets('frontend → api:8080')).toBe(false);
    expect(cluster(deny, ingress, egress).lets('frontend → api:8080')).toBe(true);
  });

  test('hostNetwork pods: "NetworkPolicy behaviour for hostNetwork pods is undefined", no policy is counted on', () => {
    const one = clusterOf(
      ...pods,
      pod('agent', { hostNetwork: true }),
      policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    expect(one.lets('agent → api:8080')).toBe(false);
    expect(one.meets('ingress', 'agent', '192.0.2.1', 443)).toBe(true);
    expect(one.meets('egress', 'agent', '192.0.2.1', 443)).toBe(true);
  });
});

describe(`podSelector and policyTypes (${DOCS})`, () => {
  test('"An empty podSelector selects all pods in the namespace", and in no other', () => {
    const one = cluster({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(one.lets('other/frontend → api:8080')).toBe(false);
    expect(one.lets('api → frontend:8080')).toBe(false);
    expect(one.lets('frontend → other/api:8080')).toBe(true);
  });

  test('"If no policyTypes are specified then by default Ingress will always be set"', () => {
    const one = cluster({ podSelector: {} });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.lets('frontend → other/api:8080')).toBe(true);
  });

  test('"… and Egress will be set if the NetworkPolicy has any egress rules"', () => {
    const one = cluster({ ...frontend, egress: [{ to: [api] }] });
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('frontend → other/api:8080')).toBe(false);
    expect(cluster({ ...frontend, egress: [] }).lets('frontend → other/api:8080')).toBe(true);
  });

  test('rules of a direction that policyTypes does not name have no effect', () => {
    const one = cluster({ ...frontend, policyTypes: ['Ingress'], egress: [{ to: [api] }] });
    expect(one.lets('frontend → other/api:8080')).toBe(true);
  });

  test('matchExpressions: In, NotIn, Exists, DoesNotExist (kubernetes.io, Labels and Selectors)', () => {
    const lets = (expression: unknown) =>
      toApi([{ from: [{ podSelector: { matchExpressions: [expression] } }] }]).lets('frontend → api:8080');
    expect(lets({ key: 'app', operator: 'In', values: ['frontend', 'x'] })).toBe(true);
    expect(lets({ key: 'app', operator: 'In', values: ['x'] })).toBe(false);
    expect(lets({ key: 'app', operator: 'NotIn', values: ['frontend'] })).toBe(false);
    expect(lets({ key: 'none', operator: 'NotIn', values: ['x'] })).toBe(true);
    expect(lets({ key: 'app', operator: 'Exists' })).toBe(true);
    expect(lets({ key: 'none', operator: 'Exists' })).toBe(false);
    expect(lets({ key: 'none', operator: 'DoesNotExist' })).toBe(true);
    expect(lets({ key: 'app', operator: 'Near' })).toBe(false);
  });
});

describe(`rules (${API})`, () => {
  test('ingress: "If this field is empty then this NetworkPolicy does not allow any traffic"', () => {
    expect(toApi([]).lets('frontend → api:8080')).toBe(false);
    expect(toApi(undefined).lets('frontend → api:8080')).toBe(false);
  });

  test('from: "If this field is empty or missing, this rule matches all sources"', () => {
    for (const rule of [{}, { from: [] }, { from: null }]) {
      expect(toApi([rule]).lets('other/frontend → api:8080')).toBe(true);
      expect(toApi([rule]).meets('ingress', 'api', '192.0.2.1', 8080)).toBe(true);
    }
  });

  test('to: "If this field is empty or missing, this rule matches all destinations"', () => {
    for (const rule of [{}, { to: [] }]) {
      const one = cluster({ ...frontend, policyTypes: ['Egress'], egress: [rule] });
      expect(one.lets('frontend → other/api:8080')).toBe(true);
      expect(one.meets('egress', 'frontend', '192.0.2.1', 443)).toBe(true);
    }
  });

  test('ports: "If this field is empty or missing, this rule matches all ports"', () => {
    for (const rule of [{ from: [frontend] }, { from: [frontend], ports: [] }]) {
      expect(toApi([rule]).lets('frontend → api:1')).toBe(true);
      expect(toApi([rule]).lets('frontend → api:65535/UDP')).toBe(true);
    }
  });

  test('from and ports: traffic "must match both"; items of a list are alternatives', () => {
    const one = toApi([{ from: [frontend, { namespaceSelector: {} }], ports: [...http, { port: 9090 }] }]);
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('other/api → api:9090')).toBe(true);
    expect(one.lets('frontend → api:7070')).toBe(false);
  });

  test('protocol: "If not specified, this field defaults to TCP"', () => {
    expect(toApi([{ ports: [{ port: 53 }] }]).lets('frontend → api:53')).toBe(true);
    expect(toApi([{ ports: [{ port: 53 }] }]).lets('frontend → api:53/UDP')).toBe(false);
    expect(toApi([{ ports: [{ port: 53, protocol: 'SCTP' }] }]).lets('frontend → api:53/SCTP')).toBe(true);
  });

  test('port: "If this field is not provided, this matches all port names and numbers"', () => {
    expect(toApi([{ ports: [{ protocol: 'UDP' }] }]).lets('frontend → api:9/UDP')).toBe(true);
    expect(toApi([{ ports: [{ protocol: 'UDP' }] }]).lets('frontend → api:9')).toBe(false);
  });

  test('port: "This can either be a numerical or named port on a pod", of the receiving pod and its protocol', () => {
    const byName = [{ port: 'http' }];
    expect(toApi([{ ports: byName }]).lets('frontend → api:8080')).toBe(true);
    expect(toApi([{ ports: byName }]).lets('frontend → api:8081')).toBe(false);
    expect(toApi([{ ports: [{ port: 'dns' }] }]).lets('frontend → api:53')).toBe(false);
    expect(toApi([{ ports: [{ port: 'dns', protocol: 'UDP' }] }]).lets('frontend → api:53/UDP')).toBe(true);
    const egress = cluster({ ...frontend, policyTypes: ['Egress'], egress: [{ ports: byName }] });
    expect(egress.lets('frontend → api:8080')).toBe(true);
    // The pod of the other namespace has no port of that name.
    expect(egress.lets('frontend → other/api:8080')).toBe(false);
  });

  test('endPort: "the range of ports from port to endPort, inclusive, should be allowed"', () => {
    const one = toApi([{ ports: [{ port: 8000, endPort: 8010 }] }]);
    for (const port of [8000, 8005, 8010]) expect(one.lets(`frontend → api:${port}`)).toBe(true);
    for (const port of [7999, 8011]) expect(one.lets(`frontend → api:${port}`)).toBe(false);
  });
});

describe(`peers (${DOCS})`, () => {
  test('podSelector "selects particular Pods in the same namespace as the NetworkPolicy"', () => {
    const one = toApi([{ from: [frontend] }]);
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('other/frontend → api:8080')).toBe(false);
  });

  test('an empty podSelector as a peer is every pod of that namespace', () => {
    const one = toApi([{ from: [{ podSelector: {} }] }]);
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('other/frontend → api:8080')).toBe(false);
    expect(one.meets('ingress', 'api', '10.0.0.1', 8080)).toBe(false);
  });

  test('namespaceSelector "selects particular namespaces for which all Pods should be allowed"', () => {
    const one = toApi([{ from: [{ namespaceSelector: { matchLabels: { team: 'bank' } } }] }]);
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.lets('frontend → api:8080')).toBe(false);
  });

  test('an empty namespaceSelector is every namespace, known or not, and no address', () => {
    const one = toApi([{ from: [{ namespaceSelector: {} }] }]);
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.meets('ingress', 'api', '10.0.0.1', 8080)).toBe(false);
  });

  test('the API server "sets an immutable label kubernetes.io/metadata.name on all namespaces"', () => {
    const byName = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } };
    expect(toApi([{ from: [byName] }]).lets('other/api → api:8080')).toBe(true);
    const byLabel = { namespaceSelector: { matchLabels: { name: 'other' } } };
    expect(toApi([{ from: [byLabel] }]).lets('other/api → api:8080')).toBe(false);
  });

  const bank = { namespaceSelector: { matchLabels: { team: 'bank' } } };
  test('one entry with namespaceSelector and podSelector "selects particular Pods within particular namespaces"', () => {
    const one = toApi([{ from: [{ ...bank, ...frontend }] }]);
    expect(one.lets('other/frontend → api:8080')).toBe(true);
    expect(one.lets('other/api → api:8080')).toBe(false);
    expect(one.lets('frontend → api:8080')).toBe(false);
  });

  test('two entries allow "Pods in the local Namespace with the label …, or from any Pod in any namespace with the label …"', () => {
    const one = toApi([{ from: [bank, frontend] }]);
    expect(one.lets('other/api → api:8080')).toBe(true);
    expect(one.lets('frontend → api:8080')).toBe(true);
    expect(one.lets('api → api:8080')).toBe(false);
  });
});

describe(`ipBlock (${DOCS})`, () => {
  const block = (cidr: string, except?: string[]) => ({ ipBlock: { cidr, ...(except && { except }) } });

  test('"all of 172.17.0.0/16 except 172.17.1.0/24"', () => {
    const one = toApi([{ from: [block('172.17.0.0/16', ['172.17.1.0/24'])] }]);
    expect(one.meets('ingress', 'api', '172.17.0.255', 8080)).toBe(true);
    expect(one.meets('ingress', 'api', '172.17.2.0', 8080)).toBe(true);
    expect(one.meets('ingress', 'api', '172.17.1.1', 8080)).toBe(false);
    expect(one.meets('ingress', 'api', '172.18.0.0', 8080)).toBe(false);
    expect(one.meets('ingress', 'api', '172.17.0.0/16', 8080)).toBe(false);
  });

  test('an address that one entry excepts and another allows is allowed', () => {
    const one = toApi([{ from: [block('10.0.0.0/8', ['10.1.0.0/16']), block('10.1.2.0/24')] }]);
    expect(one.meets('ingress', 'api', '10.1.2.3', 8080)).toBe(true);
    expect(one.meets('ingress', 'api', '10.1.3.3', 8080)).toBe(false);
  });

  test('IPv4 and IPv6 are two families: 0.0.0.0/0 is not ::/0', () => {
    const one = toApi([{ from: [block('0.0.0.0/0')] }]);
    expect(one.meets('ingress', 'api', '255.255.255.255', 8080)).toBe(true);
    expect(one.meets('ingress', 'api', '2001:db8::1', 8080)).toBe(false);
    const six = toApi([{ from: [block('::/0', ['fc00::/7'])] }]);
    expect(six.meets('ingress', 'api', '2001:db8::1', 8080)).toBe(true);
    expect(six.meets('ingress', 'api', 'fd00::1', 8080)).toBe(false);
    expect(six.meets('ingress', 'api', '192.0.2.1', 8080)).toBe(false);
  });

  test('"These should be cluster-external IPs, since Pod IPs are ephemeral and unpredictable": no pod is counted on', () => {
    expect(toApi([{ from: [block('0.0.0.0/0')] }]).lets('frontend → api:8080')).toBe(false);
  });

  test('ports hold for addresses as for pods', () => {
    const one = cluster({
      ...frontend,
      policyTypes: ['Egress'],
      egress: [{ to: [block('192.0.2.0/24')], ports: http }],
    });
    expect(one.meets('egress', 'frontend', '192.0.2.9', 8080)).toBe(true);
    expect(one.meets('egress', 'frontend', '192.0.2.9', 443)).toBe(false);
  });
});

describe(`default policies (${DOCS})`, () => {
  test('"Default deny all ingress and all egress traffic"', () => {
    const one = cluster({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(one.lets('frontend → api:8080')).toBe(false);
    expect(one.meets('egress', 'api', '192.0.2.1', 443)).toBe(false);
  });

  test('"Allow all ingress traffic": "no additional policy or policies can cause any incoming connection to those pods to be denied"', () => {
    const allow = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] };
    expect(cluster(allow, { podSelector: {} }).lets('other/api → api:8080')).toBe(true);
  });
});
