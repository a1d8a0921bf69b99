import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startServer, type Server } from './apiserver.ts';
import { must } from './process.ts';
import { scenario } from './repositories.ts';
import { makeFolder, suite } from './suite.ts';

const VALUE = 'value-that-nobody-may-see';

interface Entry {
  level: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  requestObject?: unknown;
  responseObject?: unknown;
}

/** Controllers and nodes as the API server knows them, by a token each. */
const USERS = {
  scheduler: 'system:kube-scheduler,1,',
  proxy: 'system:kube-proxy,2,',
  node: 'system:node:a,3,system:nodes',
  controller: 'system:serviceaccount:shop:controller,4,"system:serviceaccounts,system:serviceaccounts:shop"',
};

/** Flags of the rendered kubeadm configuration, with its folders where the test has them. */
function kubeadmFlags(text: string, audit: string, encryption: string): string[] {
  const { apiServer } = parse(text) as { apiServer: { extraArgs: { name: string; value: string }[] } };
  return apiServer.extraArgs.map(({ name, value }) =>
    `--${name}=${value}`
      .replace('/etc/kubernetes/audit', audit)
      .replace('/etc/kubernetes/encryption', encryption)
      .replace('/var/log/kubernetes/audit', audit),
  );
}

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

suite(
  'the API server with the rendered audit policy and encryption',
  ['kubectl', 'etcd', 'kube-apiserver'],
  () => {
    let server: Server;
    let log: string;

    beforeAll(async () => {
      const { files } = scenario('default');
      const { dir, remove } = makeFolder(files);
      log = join(dir, 'audit.log');
      writeFileSync(join(dir, 'policy.yaml'), files.get('bootstrap/audit/policy.yaml')!);
      writeFileSync(join(dir, 'config.yaml'), must('sh', [join(dir, 'bootstrap/encryption/make-config.sh')]));
      server = await startServer(kubeadmFlags(files.get('bootstrap/kubeadm.yaml')!, dir, dir), USERS);
      afterAll(async () => {
        await server.stop();
        remove();
      });
      requests(server);
      await anonymous(server);
    });

    const entries = () =>
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Entry);
    /** By verb, the path's end, or a part that goes on, and the user. */
    const find = (verb: string, path: string, user = 'admin') =>
      entries().filter((entry) => {
        const [own = ''] = entry.requestURI.split(/[?&](?!command)/);
        const isThat = own.endsWith(path) || (path.endsWith('/') && own.includes(path));
        return entry.verb === verb && isThat && entry.user.username === user;
      });

    test.each([
      ['reading a pod', 'get', '/pods/web', 'Metadata'],
      ['reading a secret', 'get', '/secrets/password', 'Metadata'],
      ['writing a secret', 'create', '/namespaces/shop/secrets', 'Metadata'],
      ['writing a config map', 'create', '/namespaces/shop/configmaps', 'Metadata'],
      ['a token for an account', 'create', '/serviceaccounts/robot/token', 'Metadata'],
      ['a command in a pod', 'get', '/pods/web/exec?command=id', 'Metadata'],
      ['writing a deployment', 'create', '/namespaces/shop/deployments', 'Request'],
      ['writing a role', 'create', '/namespaces/shop/roles', 'RequestResponse'],
      ['deleting an event', 'delete', '/events/noise', 'Metadata'],
    ])('%s: %s %s is logged as %s', (_, verb, uri, level) => {
      const found = find(verb, uri);
      expect(found).not.toEqual([]);
      for (const entry of found) {
        expect(entry.level).toBe(level);
        expect('requestObject' in entry).toBe(level !== 'Metadata');
        expect('responseObject' in entry).toBe(level === 'RequestResponse');
      }
    });

    test('a stranger is logged without what he sent, his health checks not at all', () => {
      const [entry, ...more] = find('create', '/namespaces/shop/pods', 'system:anonymous');
      expect({ ...entry, more }).toMatchObject({ level: 'Metadata', more: [] });
      expect(readFileSync(log, 'utf8')).not.toContain('stranger');
      expect(
        entries().filter(({ requestURI }) => /^\/(healthz|readyz|livez|version)/.test(requestURI)),
      ).toEqual([]);
    });

    test('noise is dropped, and what is not noise of the same users stays', () => {
      expect(find('get', '/leases/', 'system:kube-scheduler')).toEqual([]);
      expect(find('get', '/secrets/password', 'system:kube-scheduler')).toHaveLength(1);
      expect(find('patch', '/leases/', 'system:node:a')).toEqual([]);
      expect(find('get', '/secrets/password', 'system:node:a')).toHaveLength(1);
      expect(find('watch', '/services', 'system:kube-proxy')).toEqual([]);
      expect(find('get', '/secrets/password', 'system:kube-proxy')).toHaveLength(1);
      expect(find('get', '/leases/', 'system:serviceaccount:shop:controller')).toEqual([]);
      expect(find('get', '/secrets/password', 'system:serviceaccount:shop:controller')).toHaveLength(1);
      expect(find('create', '/namespaces/shop/events')).toEqual([]);
    });

    test('no value of a secret or config map, and no token is in the log', () => {
      const text = readFileSync(log, 'utf8');
      for (const value of [VALUE, Buffer.from(VALUE).toString('base64').slice(0, 30)])
        expect(text).not.toContain(value);
      expect(text).not.toMatch(/eyJ[\w-]{20,}/);
    });

    test('a secret lies encrypted in etcd, a config map as it is', async () => {
      expect(await stored(server, '/registry/configmaps/shop/settings')).toContain(VALUE);
      const bytes = await stored(server, '/registry/secrets/shop/password');
      expect(bytes.slice(0, 60)).toMatch(/^k8s:enc:secretbox:v1:key-\d{8}:/);
      expect(bytes).not.toContain(VALUE);
      expect(
        server.kubectl([
          'get',
          'secret',
          'password',
          '--namespace=shop',
          '--output=jsonpath={.data.password}',
        ]).stdout,
      ).toBe(Buffer.from(VALUE).toString('base64'));
    });
  },
);

/** What people, controllers and nodes ask for. */
function requests(server: Server): void {
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
async function anonymous({ kubeconfig }: Server): Promise<void> {
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
async function stored({ etcd }: Server, key: string): Promise<string> {
  const answer = await fetch(`${etcd}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: Buffer.from(key).toString('base64') }),
  });
  const { kvs = [] } = (await answer.json()) as { kvs?: { value: string }[] };
  return Buffer.from(kvs[0]?.value ?? '', 'base64').toString('latin1');
}
