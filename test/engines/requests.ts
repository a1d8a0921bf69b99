import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parseAllDocuments } from 'yaml';
import type { Server } from './apiserver.ts';
import { crds } from './upstream.ts';

/** The value of a Secret and of a ConfigMap that the requests below write and read. */
export const VALUE = 'value-that-nobody-may-see';

/** Controllers and nodes as the API server knows them, by a token each. */
export const USERS = {
  scheduler: 'system:kube-scheduler,1,',
  proxy: 'system:kube-proxy,2,',
  node: 'system:node:a,3,system:nodes',
  controller: 'system:serviceaccount:shop:controller,4,"system:serviceaccounts,system:serviceaccounts:shop"',
};

const lease = (name: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace: 'kube-system' },
});
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'noise', namespace: 'shop' },
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'shop' },
  reason: 'Noise',
  message: 'noise',
  type: 'Normal',
};
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'reader', namespace: 'shop' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: pod.spec },
  },
};
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'password', namespace: 'shop' },
  stringData: { password: VALUE },
};
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data: { password: VALUE },
};

/** What people, controllers and nodes ask for. */
export function requests(server: Server): void {
  const ask = (...args: string[]) => server.kubectl(args);
  const create = (object: object, ...flags: string[]) =>
    server.kubectl(['create', '--filename=-', ...flags], JSON.stringify(object));
  const robot = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'shop' } };
  for (const object of [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    robot,
    secret,
    configMap,
    pod,
    deployment,
    role,
    event,
    lease('kube-scheduler'),
  ]) {
    const { status, all } = create(object);
    if (status !== 0) throw new Error(all);
  }
  ask('get', 'pod', 'web', '--namespace=shop');
  ask('get', 'secret', 'password', '--namespace=shop', '--output=yaml');
  ask('create', 'token', 'robot', '--namespace=shop');
  ask('exec', 'web', '--namespace=shop', '--', 'id');
  ask('delete', 'event', 'noise', '--namespace=shop');
  ask('get', '--raw=/version');
  for (const token of Object.keys(USERS)) {
    ask('get', 'lease', 'kube-scheduler', '--namespace=kube-system', `--token=${token}`);
    ask('get', 'secret', 'password', '--namespace=shop', `--token=${token}`);
    ask(
      'patch',
      'lease',
      'kube-scheduler',
      '--namespace=kube-system',
      '--type=merge',
      '--patch={"spec":{"holderIdentity":"a"}}',
      `--token=${token}`,
    );
  }
  ask('get', '--raw=/api/v1/services?watch=true&timeoutSeconds=1', '--token=proxy');
}

/** Kinds that guard, by upstream's file with the CustomResourceDefinition; one of each group is made. */
const CRDS: Record<string, string> = {
  CiliumNetworkPolicy: 'cilium',
  AuthorizationPolicy: 'istio',
  EnvoyFilter: 'istio',
  HTTPRoute: 'gateway-api',
  SecurityPolicy: 'envoy-gateway',
  ValidatingPolicy: 'kyverno',
  ConstraintTemplate: 'gatekeeper',
  SecretStore: 'external-secrets',
  ClusterIssuer: 'cert-manager',
};

interface Definition {
  kind: string;
  metadata: { name: string };
  spec: {
    group: string;
    names: { kind: string; plural: string };
    scope: string;
    versions: { name: string; storage: boolean; served: boolean; schema: object }[];
  };
}

const definitions = (family: string): Definition[] =>
  crds(family)
    .flatMap((file) =>
      parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as Definition | null),
    )
    .filter((one) => one?.kind === 'CustomResourceDefinition') as Definition[];

const DEFINITIONS = Object.entries(CRDS).map(([kind, family]) =>
  definitions(family).find(({ spec }) => spec.names.kind === kind)!,
);

/** Names of custom kinds, as requests have them, by group. Constraints are of kinds that Gatekeeper makes. */
export function plurals(): Map<string, Set<string>> {
  const known = new Map([['constraints.gatekeeper.sh', new Set<string>()]]);
  for (const { spec } of new Set(Object.values(CRDS).flatMap(definitions)))
    known.set(spec.group, (known.get(spec.group) ?? new Set()).add(spec.names.plural));
  return known;
}

/** Kind and plural of each. */
export const GUARDS = DEFINITIONS.map(({ spec: { names } }) => [names.kind, names.plural] as const);

/** Somebody makes one of each, and a controller notes something about a policy. Its fields are not the matter here. */
export function guards(server: Server): void {
  for (const { metadata, spec } of DEFINITIONS) {
    const { group, names, scope } = spec;
    const { name: version } = spec.versions.find(({ storage }) => storage)!;
    const schema = {
      openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      // Kubernetes approves names of its own groups.
      metadata: { name: metadata.name, annotations: { 'api-approved.kubernetes.io': 'https://test' } },
      spec: {
        group,
        names: { kind: names.kind, plural: names.plural },
        scope,
        versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
      },
    };
    must(server, ['create', '--filename=-'], definition);
    const crd = `crd/${metadata.name}`;
    must(server, ['wait', '--for=condition=Established', '--timeout=30s', crd]);
    const space = scope === 'Namespaced' ? { namespace: 'shop' } : {};
    const object = {
      apiVersion: `${group}/${version}`,
      kind: names.kind,
      metadata: { name: 'guard', ...space },
    };
    must(server, ['create', '--filename=-', '--validate=false'], object);
  }
  must(server, [
    'patch',
    'validatingpolicies.policies.kyverno.io',
    'guard',
    '--subresource=status',
    '--type=merge',
    '--patch={"status":{"ready":true}}',
  ]);
}

function must(server: Server, args: string[], object?: object): void {
  const { status, all } = server.kubectl(args, object && JSON.stringify(object));
  if (status !== 0) throw new Error(all);
}

/** Requests of somebody without a token. */
export async function anonymous({ kubeconfig }: Server): Promise<void> {
  const { clusters } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { server: string } }];
  };
  const send = (method: string, path: string, body = '') =>
    new Promise((resolve, reject) => {
      const call = request(
        new URL(path, clusters[0].cluster.server),
        { method, rejectUnauthorized: false, headers: { 'content-type': 'application/json' } },
        (answer) => answer.resume().on('end', resolve),
      );
      call.on('error', reject).end(body);
    });
  await send(
    'POST',
    '/api/v1/namespaces/shop/pods',
    JSON.stringify({ ...pod, metadata: { name: 'stranger' } }),
  );
  await send('GET', '/healthz');
}

/** The bytes of a key, from etcd itself. */
export async function stored({ etcd }: Server, key: string): Promise<string> {
  const answer = await fetch(`${etcd}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: Buffer.from(key).toString('base64') }),
  });
  const { kvs = [] } = (await answer.json()) as { kvs?: { value: string }[] };
  return Buffer.from(kvs[0]?.value ?? '', 'base64').toString('latin1');
}
