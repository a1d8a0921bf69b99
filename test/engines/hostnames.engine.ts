import { expect, inject, test } from 'vitest';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { documents, scenario, type Repository } from './repositories.ts';
import { suite } from './suite.ts';

const GROUP = 'gateway.networking.k8s.io/v1';
/** Other tests have routes in these, which the policy of this one must not see. */
const OWN: Record<string, string> = { shop: 'hostnames-shop', billing: 'hostnames-billing' };
const SHARED = { name: 'public', namespace: 'gateway' };

const route = (kind: string, namespace: string, spec: Dict): KubeObject => {
  const backend = { backendRefs: [{ name: 'a', port: 80 }] };
  return {
    apiVersion: GROUP,
    kind,
    metadata: { name: 'a', namespace: OWN[namespace] ?? namespace },
    spec: { parentRefs: [SHARED], rules: [backend], ...spec },
  };
};
const http = (namespace: string, ...hostnames: string[]) => route('HTTPRoute', namespace, { hostnames });

/** `*.acme.example` is of shop, `billing.acme.example` and `*.eu.acme.example` of billing. */
const GOOD: Record<string, KubeObject> = {
  'its wildcard': http('shop', '*.acme.example'),
  'a name below its wildcard': http('shop', 'www.acme.example'),
  'its name below the wildcard of another': http('billing', 'billing.acme.example'),
  'names below its longer wildcard': http('billing', 'a.eu.acme.example', '*.eu.acme.example'),
  'gRPC on its name': route('GRPCRoute', 'billing', { hostnames: ['billing.acme.example'] }),
  'another Gateway': http('shop', 'billing.acme.example'),
  'a Service': route('HTTPRoute', 'billing', { parentRefs: [{ group: '', kind: 'Service', name: 'a' }] }),
  'the redirect': { ...route('HTTPRoute', 'gateway', { parentRefs: [{ name: 'public' }] }) },
};
(GOOD['another Gateway']!.spec as Dict).parentRefs = [{ name: 'public', namespace: 'other' }];

const FOREIGN = /does not expose/;
const NAMELESS = /names its hosts/;

const BAD: Record<string, [KubeObject, RegExp]> = {
  "another's name": [http('billing', 'www.acme.example'), FOREIGN],
  "another's name below its wildcard": [http('shop', 'billing.acme.example'), FOREIGN],
  "another's wildcard": [http('billing', '*.acme.example'), FOREIGN],
  "a name below another's longer wildcard": [http('shop', 'a.eu.acme.example'), FOREIGN],
  "another's longer wildcard": [http('shop', '*.eu.acme.example'), FOREIGN],
  'a wildcard below its wildcard': [http('shop', '*.us.acme.example'), FOREIGN],
  'the second of two names': [http('shop', 'www.acme.example', 'billing.acme.example'), FOREIGN],
  'the bare domain': [http('shop', 'acme.example'), FOREIGN],
  'a name of nobody': [http('shop', 'www.other.example'), FOREIGN],
  'no name': [http('billing'), NAMELESS],
  'no list of names': [route('HTTPRoute', 'billing', {}), NAMELESS],
  'no name, at its own listener': [
    route('HTTPRoute', 'billing', { parentRefs: [{ ...SHARED, sectionName: 'https-billing.acme.example' }] }),
    NAMELESS,
  ],
  'the shared Gateway beside another': [
    route('HTTPRoute', 'shop', {
      parentRefs: [{ name: 'own' }, SHARED],
      hostnames: ['billing.acme.example'],
    }),
    FOREIGN,
  ],
  'a namespace that exposes nothing': [http('default', 'www.acme.example'), FOREIGN],
  'a namespace of the control plane': [http('kube-system', 'www.acme.example'), FOREIGN],
  'gRPC on the name of another': [
    route('GRPCRoute', 'shop', { hostnames: ['billing.acme.example'] }),
    FOREIGN,
  ],
  'gRPC without a name': [route('GRPCRoute', 'shop', {}), NAMELESS],
  'TLS on the name of another': [route('TLSRoute', 'shop', { hostnames: ['billing.acme.example'] }), FOREIGN],
  'TCP, which has no names': [route('TCPRoute', 'shop', {}), NAMELESS],
  'UDP, which has no names': [route('UDPRoute', 'billing', {}), NAMELESS],
};

/** Routes that the repository itself brings, by file. */
const routesOf = ({ files }: Repository): Record<string, KubeObject> =>
  Object.fromEntries(
    documents(files, (path) => /^(apps|infrastructure)\//.test(path))
      .filter(({ object }) => object.kind.endsWith('Route'))
      .map(({ path, object }) => {
        const { namespace = '' } = object.metadata;
        return [
          path,
          { ...object, metadata: { ...object.metadata, namespace: OWN[namespace] ?? namespace } },
        ];
      }),
  );

/** The policy for real, its owners under the names that they have here, and bound to namespaces in which no other test has routes. */
function install(cluster: Cluster, { files }: Repository): () => void {
  const [policy, binding] = documents(files, (path) => path === 'infrastructure/gateway/hostnames.yaml');
  const text = policy!.text.replaceAll(/"(shop|billing)"/g, (_, name: string) => `"${OWN[name]}"`);
  expect(text).not.toBe(policy!.text);
  const values = [...Object.values(OWN), 'default', 'kube-system', 'gateway'];
  const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }];
  const spec = {
    ...(binding!.object.spec as Dict),
    matchResources: { namespaceSelector: { matchExpressions } },
  };
  cluster.applyAll([text, { ...binding!.object, spec }]);
  return () => {
    for (const { kind, metadata } of [binding!.object, policy!.object])
      cluster.kubectl(['delete', kind, metadata.name]);
  };
}

/** A policy takes effect some time after it is stored. */
async function untilRefused(cluster: Cluster, object: KubeObject): Promise<void> {
  for (let tries = 0; cluster.dryRun([object]).status === 0; tries++) {
    if (tries > 100) throw new Error('the policy takes no effect');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

suite('host names of the shared Gateway', ['api-server', 'upstream'], () => {
  test('[hostname-ownership] belong to the namespaces that expose them, for every kind of route', async () => {
    const cluster = new Cluster(inject('kubeconfig'));
    cluster.applyAll(
      [...Object.values(OWN), 'gateway'].map((name) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })),
    );
    for (const object of Object.values(BAD).map(([one]) => one))
      expect(cluster.dryRun([object]).all, JSON.stringify(object)).not.toMatch(/error|denied/i);
    const repository = scenario('gateway-controls-envoy');
    const remove = install(cluster, repository);
    try {
      await untilRefused(cluster, BAD["another's name"]![0]);
      const rendered = routesOf(repository);
      expect(Object.keys(rendered)).not.toEqual([]);
      const refused = Object.entries({ ...GOOD, ...rendered }).map(
        ([why, one]) => [why, cluster.dryRun([one])] as const,
      );
      expect(refused.filter(([, { status }]) => status !== 0).map(([why, { all }]) => why + all)).toEqual([]);
      const admitted = Object.entries(BAD).flatMap(([why, [one, message]]) => {
        const { status, all } = cluster.dryRun([one]);
        return status !== 0 &&
          all.includes("ValidatingAdmissionPolicy 'gateway-hostnames'") &&
          message.test(all)
          ? []
          : [`${why}: ${all}`];
      });
      expect(admitted).toEqual([]);
      const { stdout } = cluster.kubectl([
        'get',
        'validatingadmissionpolicy',
        'gateway-hostnames',
        '--output=jsonpath={.status.typeChecking}',
      ]);
      console.log(`type checking: ${stdout}`);
    } finally {
      remove();
    }
  });
});
