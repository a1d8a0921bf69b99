import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fencesOf, sectionOf } from '../pages.ts';
import { startServer, type Server } from './apiserver.ts';
import { engine } from './find.mjs';
import { must } from './process.ts';
import { scenario } from './repositories.ts';
import { anonymous, GUARDS, plurals, guards, requests, stored, USERS, VALUE } from './requests.ts';
import { makeFolder, suite } from './suite.ts';

interface Entry {
  level: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  requestObject?: unknown;
  responseObject?: unknown;
}

/** The comments taken off that make the groups of people known. */
const withPeople = (text: string) => text.replace(/^( +)# (?=- name: oidc-|  value: )/gm, '$1');

/** Flags of the rendered kubeadm configuration, with its folders of policy, key and log where the test has them. */
function kubeadmFlags(text: string, [audit, encryption, log]: [string, string, string]): string[] {
  const { apiServer } = parse(text) as { apiServer: { extraArgs: { name: string; value: string }[] } };
  return apiServer.extraArgs.map(({ name, value }) =>
    `--${name}=${value}`
      .replace('=/etc/kubernetes/audit', `=${audit}`)
      .replace('=/etc/kubernetes/encryption', `=${encryption}`)
      .replace('=/var/log/kubernetes/audit', `=${log}`),
  );
}

suite(
  'the API server with the rendered audit policy and encryption',
  ['kubectl', 'etcd', 'kube-apiserver', 'upstream'],
  () => {
    let server: Server;
    let folder: string;
    let log: string;
    let remove = () => {};

    beforeAll(async () => {
      // With groups of people.
      const { files } = scenario('tenants');
      const made = makeFolder(files);
      remove = made.remove;
      const { dir } = made;
      folder = dir;
      log = join(dir, 'audit.log');
      writeFileSync(join(dir, 'policy.yaml'), files.get('bootstrap/audit/policy.yaml')!);
      writeFileSync(join(dir, 'config.yaml'), must('sh', [join(dir, 'bootstrap/encryption/make-config.sh')]));
      const flags = kubeadmFlags(withPeople(files.get('bootstrap/kubeadm.yaml')!), [dir, dir, dir]);
      expect(flags).toContain('--oidc-groups-prefix=oidc:');
      server = await startServer(flags, USERS);
      requests(server);
      guards(server);
      await anonymous(server);
    });

    afterAll(async () => {
      await server?.stop();
      remove();
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
    ])('[audit-catchall] %s: %s %s is logged as %s', (_, verb, uri, level) => {
      const found = find(verb, uri);
      expect(found).not.toEqual([]);
      for (const entry of found) {
        expect(entry.level).toBe(level);
        expect('requestObject' in entry).toBe(level !== 'Metadata');
        expect('responseObject' in entry).toBe(level === 'RequestResponse');
      }
    });

    test('[audit-catchall] custom kinds go by the names that upstream gives them', () => {
      const known = plurals();
      const { rules } = parse(scenario('default').files.get('bootstrap/audit/policy.yaml')!) as {
        rules: { resources?: { group: string; resources?: string[] }[] }[];
      };
      const wrong = rules
        .flatMap(({ resources = [] }) => resources)
        .filter(({ group }) => group.includes('.'))
        .flatMap(({ group, resources = [] }) => {
          const names = known.get(group);
          // Those of Kubernetes itself have no definition.
          if (!names) return group.endsWith('.k8s.io') ? [] : [group];
          return resources.filter((one) => one !== '*/status' && !names.has(one));
        });
      expect(wrong).toEqual([]);
    });

    test.each(GUARDS)('[audit-catchall] a change of %s is logged with its body', (kind, plural) => {
      const found = entries().filter(
        ({ verb, requestURI }) => verb === 'create' && requestURI.split(/[/?]/).includes(plural),
      );
      expect(found, kind).toHaveLength(1);
      expect(found[0], kind).toMatchObject({ level: 'Request', requestObject: { kind } });
    });

    test('[audit-noise] what a controller notes about a policy is logged without its body', () => {
      const found = find('patch', '/status');
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ level: 'Metadata' });
      expect(found[0]).not.toHaveProperty('requestObject');
    });

    test('[audit-file] kind starts the API server with the flags of kubeadm', () => {
      const config = parse(scenario('other-options').files.get('bootstrap/kind.yaml')!) as {
        nodes: { kubeadmConfigPatches?: string[] }[];
      };
      const patches = config.nodes.flatMap(({ kubeadmConfigPatches = [] }) => kubeadmConfigPatches);
      const { apiServer } = parse(patches[0]!) as { apiServer: { extraArgs: Record<string, string> } };
      const text = scenario('default').files.get('bootstrap/kubeadm.yaml')!;
      const flags = Object.entries(apiServer.extraArgs).map(([name, value]) => `--${name}=${value}`);
      const folders: [string, string, string] = [
        '/etc/kubernetes/audit',
        '/etc/kubernetes/encryption',
        '/var/log/kubernetes/audit',
      ];
      expect(flags.sort()).toEqual(kubeadmFlags(text, folders).sort());
    });

    test('[audit-anon] a stranger is logged without what he sent, his health checks not at all', () => {
      const [entry, ...more] = find('create', '/namespaces/shop/pods', 'system:anonymous');
      expect({ ...entry, more }).toMatchObject({ level: 'Metadata', more: [] });
      expect(readFileSync(log, 'utf8')).not.toContain('stranger');
      expect(
        entries().filter(({ requestURI }) => /^\/(healthz|readyz|livez|version)/.test(requestURI)),
      ).toEqual([]);
    });

    test('[audit-noise] noise is dropped, and what is not noise of the same users stays', () => {
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

    test('[audit-secrets] no value of a secret or config map, and no token is in the log', () => {
      const text = readFileSync(log, 'utf8');
      for (const value of [VALUE, Buffer.from(VALUE).toString('base64').slice(0, 30)])
        expect(text).not.toContain(value);
      expect(text).not.toMatch(/eyJ[\w-]{20,}/);
    });

    test('[etcd-encryption] a secret lies encrypted in etcd, a config map as it is', async () => {
      expect(await stored(server, '/registry/configmaps/shop/settings')).toContain(VALUE);
      const bytes = await stored(server, '/registry/secrets/shop/password');
      expect(bytes.slice(0, 60)).toMatch(/^k8s:enc:secretbox:v1:key-\d{14}:/);
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

    // Of kind's page, whose file is the running server's; of the last of the file, since the key is another one after it.
    test('[etcd-encryption] pasted, the key is replaced once it is read, and the old one stays while a secret needs it', () => {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      const range = JSON.stringify({
        key: base64('/registry/secrets/'),
        range_end: base64('/registry/secrets0'),
      });
      // etcdctl is in no release of kube-apiserver: etcd is asked for the same by HTTP.
      writeFileSync(
        join(bin, 'kubectl'),
        `#!/bin/bash
case "$*" in
  *etcdctl*) curl -sS '${server.etcd}/v3/kv/range' -d '${range}' | jq -r '.kvs[]? | .key, .value' |
    while read -r one; do base64 -d <<<"$one"; echo; done ;;
  *) exec '${engine('kubectl')}' --kubeconfig='${server.kubeconfig}' "$@" ;;
esac
`,
        { mode: 0o755 },
      );
      const page = scenario('other-options').files.get('docs/bootstrap.md')!;
      const blocks = fencesOf(sectionOf(page, '## Encryption in etcd'), 'bash').map((one) =>
        one.replaceAll('../other-options-encryption', folder).replace('sleep 10', 'sleep 2'),
      );
      const [stored, add, wait, replace, remove] = blocks;
      const file = join(folder, 'config.yaml');
      const paste = (...scripts: (string | undefined)[]) =>
        must('bash', ['-c', [`cd '${folder}'; PATH='${bin}':$PATH`, ...scripts].join('\n')]);
      const names = () => [...readFileSync(file, 'utf8').matchAll(/- name: (\S+)/g)].map(([, one]) => one!);
      const [old] = names();
      // Too early, nothing is stored anew and nothing is removed.
      const early = paste(stored, add, replace, remove, 'declare -p OLD NEW');
      const fresh = /NEW="(\S+)"/.exec(early)![1]!;
      expect(names()).toEqual([fresh, old]);
      expect(early).not.toContain(`:${fresh}:`);
      const late = paste(stored, `CONFIG='${file}' OLD=${old} NEW=${fresh}`, wait, replace, remove);
      expect(late).toContain(`k8s:enc:secretbox:v1:${fresh}:`);
      expect(names()).toEqual([fresh]);
      expect(paste(stored).trim()).toMatch(new RegExp(`^\\d+ k8s:enc:secretbox:v1:${fresh}:$`));
    }, 200_000);
  },
);

const base64 = (text: string) => Buffer.from(text).toString('base64');
