import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { Cluster, type Dict, type KubeObject, type Question, UPSTREAM_WARNING } from './cluster.ts';
import { before, layers } from './layers.ts';
import { must } from './process.ts';
import { releases, template } from './releases.ts';
import { blueprints, documents, repository, scenario } from './repositories.ts';
import { suite } from './suite.ts';
import { crds, filesOf } from './upstream.ts';

const SCENARIO = 'external-secrets';
const account = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;
const OPERATOR = account('external-secrets', 'external-secrets');
const REVIEWER = account('external-secrets', 'token-reviewer');

const isRight = ({ apiVersion, kind }: KubeObject) =>
  apiVersion.startsWith('rbac.authorization.k8s.io/') || kind === 'ServiceAccount';

/** The release that brings the operator, and what its chart makes with our values. */
function operator() {
  const repository = scenario(SCENARIO);
  const release = releases(repository).find(({ name }) => name === 'external-secrets')!;
  return { repository, release, objects: template(release, repository.plan) };
}

suite('rights of External Secrets', ['api-server', 'upstream', 'helm'], () => {
  let cluster: Cluster;
  let namespaces: string[];

  const install = () => {
    cluster = new Cluster(inject('kubeconfig'));
    const { repository, release, objects } = operator();
    const stores = documents(repository.files, (path) => path.startsWith('security/secret-stores/'))
      .map(({ object }) => object)
      .filter(isRight);
    namespaces = repository.plan.secretNamespaces.map(({ name }) => name);
    const chart = objects
      .filter(isRight)
      .map((object) => ({ ...object, metadata: { namespace: release.namespace, ...object.metadata } }));
    cluster.applyAll(
      [...namespaces, release.namespace].map((name) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })),
    );
    cluster.applyAll([...chart, ...stores]);
  };

  const token = (namespace: string, name: string, who = OPERATOR) =>
    cluster.kubectl(['create', 'token', name, `--namespace=${namespace}`, '--audience=vault', `--as=${who}`]);

  test('[eso-store] the operator takes tokens of the accounts of stores, and of no others', () => {
    install();
    expect(namespaces.sort()).toEqual(['cert-manager', 'ledger', 'shop']);
    for (const namespace of namespaces) {
      expect(token(namespace, 'secret-store')).toMatchObject({ status: 0 });
      const other = token(namespace, 'default');
      expect(other.status).not.toBe(0);
      expect(other.stderr).toContain('forbidden');
    }
    const own = token('external-secrets', 'token-reviewer');
    expect(own.stderr).toContain('forbidden');
    const wide: Question = {
      who: OPERATOR,
      verb: 'create',
      resource: 'serviceaccounts',
      subresource: 'token',
    };
    expect(
      cluster.wrongAnswers(
        [
          wide,
          { ...wide, namespace: 'shop' },
          { ...wide, namespace: 'kube-system', name: 'secret-store' },
          { who: OPERATOR, verb: 'list', group: 'external-secrets.io', resource: 'clustersecretstores' },
          { who: OPERATOR, verb: 'update', group: 'external-secrets.io', resource: 'pushsecrets' },
          { who: account('shop', 'secret-store'), verb: 'get', resource: 'secrets', namespace: 'shop' },
          { who: REVIEWER, verb: 'get', resource: 'secrets', namespace: 'shop' },
        ],
        false,
      ),
    ).toEqual([]);
  });

  test('[eso-store] such a token is for the store alone, and the reviewer can tell that it is genuine', () => {
    install();
    const value = token('shop', 'secret-store').stdout.trim();
    const review = (audiences: string[], who = REVIEWER) => {
      const spec = { token: value, ...(audiences.length && { audiences }) };
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
      const done = cluster.kubectl(
        [
          'create',
          '--filename=-',
          '--validate=false',
          `--as=${who}`,
          '--output=jsonpath={.status.authenticated} {.status.user.username}',
        ],
        JSON.stringify(body),
      );
      return done.status === 0 ? done.stdout : done.stderr;
    };
    expect(review(['vault'])).toBe(`true ${account('shop', 'secret-store')}`);
    // Without an audience the API server asks for its own.
    expect(review([])).not.toContain('true');
    expect(review(['vault'], account('shop', 'secret-store'))).toContain('forbidden');
  });
});

suite('logins at the store', ['api-server', 'upstream', 'helm', 'jq'], () => {
  const tokenOf = (...args: string[]) => {
    const cluster = new Cluster(inject('kubeconfig'));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'secret-store', namespace: 'shop' },
    };
    cluster.applyAll([namespace, account]);
    return {
      cluster,
      token: cluster.kubectl(['create', 'token', 'secret-store', '--namespace=shop', ...args]).stdout.trim(),
    };
  };

  test('[eso-store] where the issuer is public, the store asks for the claims that tokens have, and for no reviewer', () => {
    const blueprint = blueprints().get(SCENARIO)!;
    const { files } = repository('gke', {
      ...blueprint,
      choices: { ...(blueprint.choices as Dict), distribution: 'gke' },
    });
    const page = files.get('docs/secret-store.md')!;
    const role =
      /role\/prod-eu_shop \\\n  role_type=jwt user_claim=sub bound_subject=(\S+) \\\n  bound_audiences=(\S+) /.exec(
        page,
      )!;
    expect(page).toContain('vault auth enable -path=kubernetes-prod-eu jwt\n');
    expect(page).not.toMatch(/token.reviewer/);
    expect([...files.keys()].filter((path) => path.includes('token-reviewer'))).toEqual([]);

    const { cluster, token } = tokenOf('--audience=vault');
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Dict;
    expect([claims.sub, claims.aud]).toEqual([role[1], [role[2]]]);
    const [, path, query] = /kubectl get --raw (\S+) \| jq -r (\S+)\)/.exec(page)!;
    const configuration = cluster.kubectl(['get', '--raw', path!]).stdout;
    expect(must('jq', ['-r', query!], { input: configuration }).trim()).toBe(claims.iss);

    const [store] = documents(files, (name) => name === 'security/secret-stores/shop.yaml').filter(
      ({ object }) => object.kind === 'SecretStore',
    );
    expect(store!.object.spec).toMatchObject({
      provider: {
        vault: {
          auth: {
            jwt: {
              path: 'kubernetes-prod-eu',
              role: 'prod-eu_shop',
              kubernetesServiceAccountToken: {
                serviceAccountRef: { name: 'secret-store', audiences: ['vault'] },
              },
            },
          },
        },
      },
    });
    const { stderr } = cluster.dryRun([store!.object]);
    expect(stderr.split('\n').filter((line) => line && !UPSTREAM_WARNING.test(line))).toEqual([]);
  });

  test('[secret-zero] the end of the reviewer’s token is read from the token itself', () => {
    const page = scenario(SCENARIO).files.get('docs/secret-store.md')!;
    const [, program] = /printf %s "\$TOKEN" \| jq -Rr '([^']+)'/.exec(page)!;
    // Payloads of every length, as base64 has no padding here.
    for (const hours of [1, 24, 8760]) {
      const { token } = tokenOf(`--duration=${hours}h`, ...(hours === 24 ? ['--audience=a-longer-one'] : []));
      const end = Date.parse(must('jq', ['-Rr', program!], { input: token }).trim());
      expect(Math.abs(end - Date.now() - hours * 3_600_000)).toBeLessThan(60_000);
    }
  });
});

/** What Helm keeps of a release in one Secret: all files of the chart and what came out of them, packed twice. */
function recordSize(folder: string, extra: string[], manifest: KubeObject[]): number {
  const read = (file: string, name: string) => ({ name, data: readFileSync(file).toString('base64') });
  const files = [
    ...filesOf(folder, '')
      .filter((file) => /\.\w+$/.test(file))
      .map((file) => read(file, relative(folder, file))),
    ...extra.map((file) => read(file, file)),
  ];
  const texts = [
    ...manifest.map((one) => stringify(one)),
    ...extra.map((file) => readFileSync(file, 'utf8')),
  ];
  const record = JSON.stringify({ chart: { templates: files }, manifest: texts.join('---\n') });
  // Helm encodes what it packs, and the API server what it is given.
  return gzipSync(record, { level: 9 }).toString('base64').length;
}

suite('installation of External Secrets', ['upstream', 'helm', 'kustomize'], () => {
  test('[eso-install] its kinds, most of the record that Helm would keep, are no part of the release', () => {
    const { release, objects } = operator();
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toEqual([]);
    const ours = recordSize(release.upstream.folder, [], objects);
    const whole = recordSize(release.upstream.folder, crds('external-secrets'), objects);
    console.log(`record ${ours} bytes; with kinds it would have ${whole} of 1048576`);
    expect(ours).toBeLessThan(whole / 4);
  });

  test('[eso-install] [eso-secret] kinds, then the operator, then stores, then what they fetch, then its readers', () => {
    const all = layers(scenario(SCENARIO));
    const order = ['secret-kinds', 'secrets-operator', 'secrets-backend', 'secrets', 'apps'];
    const found = order.map((name) => all.find((one) => one.name === name)!);
    found.forEach((layer, index) => {
      const earlier = before(layer, all).map(({ name }) => name);
      expect(earlier, layer.name).toEqual(expect.arrayContaining(order.slice(0, index)));
    });
    const kinds = (index: number) => [...new Set(found[index]!.objects.map(({ kind }) => kind))].sort();
    expect(kinds(1)).toEqual(['HelmRelease', 'OCIRepository']);
    expect(kinds(2)).toContain('SecretStore');
    expect(kinds(3)).toEqual(['ExternalSecret']);
  });
});
