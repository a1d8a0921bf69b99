import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Server } from './apiserver.ts';

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
