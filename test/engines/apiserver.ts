import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engine } from './find.mjs';
import { Cluster } from './cluster.ts';

export interface Server extends Cluster {
  dir: string;
  /** Where its etcd answers. */
  etcd: string;
  stop: () => Promise<void>;
}

const TOKEN = 'only-on-loopback';

/**
 * An empty API server on a loopback port with an etcd of its own.
 *
 * @param flags beside those that a server without nodes needs
 * @param users token → user name and groups, beside the administrator
 */
export async function startServer(flags: string[] = [], users: Record<string, string> = {}): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'zero-trust-api-'));
  const kubeconfig = join(dir, 'kubeconfig');
  const [client, peer, port] = (await freePorts(3)) as [number, number, number];
  const children: ChildProcess[] = [];
  const kill = () => children.forEach((child) => child.kill('SIGKILL'));
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    // The API server first: without etcd it does not end by itself.
    for (const child of children.reverse()) await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  const start = (name: string, args: string[]) => {
    const log = openSync(join(dir, `${name}.log`), 'w');
    const child = spawn(engine(name)!, args, { stdio: ['ignore', log, log] });
    children.push(child);
    return child;
  };
  try {
    start('etcd', etcdFlags(dir, client, peer));
    const key = join(dir, 'service-account.key');
    writeFileSync(
      key,
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }),
      { mode: 0o600 },
    );
    const tokens = Object.entries({ ...users, [TOKEN]: 'admin,admin,system:masters' });
    writeFileSync(join(dir, 'tokens.csv'), tokens.map((row) => `${row.join(',')}\n`).join(''), {
      mode: 0o600,
    });
    writeFileSync(kubeconfig, JSON.stringify(config(`https://127.0.0.1:${port}`)), { mode: 0o600 });
    const server = start('kube-apiserver', [...serverFlags(dir, client, port, key), ...flags]);
    const cluster = new Cluster(kubeconfig);
    await ready(cluster, server, join(dir, 'kube-apiserver.log'));
    return Object.assign(cluster, { dir, etcd: `http://127.0.0.1:${client}`, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

const etcdFlags = (dir: string, client: number, peer: number) => [
  `--data-dir=${join(dir, 'etcd')}`,
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
  '--unsafe-no-fsync',
];

const serverFlags = (dir: string, etcd: number, port: number, key: string) => [
  `--etcd-servers=http://127.0.0.1:${etcd}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  '--endpoint-reconciler-type=none',
  `--secure-port=${port}`,
  `--cert-dir=${join(dir, 'certificates')}`,
  `--service-account-key-file=${key}`,
  `--service-account-signing-key-file=${key}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  `--token-auth-file=${join(dir, 'tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--service-cluster-ip-range=10.0.0.0/24',
  '--allow-privileged',
  '--disable-admission-plugins=ServiceAccount',
];

const config = (server: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'admin', user: { token: TOKEN } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  'current-context': 'test',
});

async function ready(cluster: Cluster, server: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) break;
    if (cluster.kubectl(['get', '--raw=/readyz']).status === 0) return;
    await sleep(100);
  }
  throw new Error(`kube-apiserver did not become ready:\n${readFileSync(log, 'utf8').slice(-3000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(killer);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
