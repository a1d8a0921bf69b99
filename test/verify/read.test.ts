import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/error.ts';
import type { Files } from '../../src/types/files.ts';
import { build } from '../../src/verify/gitops/build.ts';
import { openRepository } from '../../src/verify/gitops/repository.ts';
import { readModel } from '../../src/verify/read.ts';
import { scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

const { files: fresh } = scenario('default');
const read = (changes: Record<string, string | null> = {}) => {
  const files: Files = new Map(fresh);
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return readModel(files, catalog);
};

describe('readModel', () => {
  it.each(readdirSync('test/scenarios'))('reads all of scenario %s', (name) => {
    const { files } = scenario(name);
    const model = readModel(files, catalog);
    expect(model.problems).toEqual([]);
    expect(model.remarks).toEqual([]);
    expect(model.unreachable).toEqual([]);
    // The entry that bootstrap makes, then what is declared.
    const names = model.layers.map((one) => one.name);
    expect(names.sort()).toEqual(['flux-system', ...model.declared.layers.map((one) => one.name)].sort());
  });

  it('tells what a layer waits for, who applies it and which objects it has', () => {
    const apps = read().layers.find((one) => one.name === 'apps')!;
    expect(apps).toMatchObject({ path: 'apps', waits: true, prunes: true, serviceAccount: 'flux-apps' });
    expect(apps.dependsOn).toContain('network-policies');
    expect(apps.files).toContain('apps/kustomization.yaml');
    expect(apps.objects.map((one) => `${one.kind} ${one.name}`)).toContain('Deployment frontend');
    const policies = read().layers.find((one) => one.name === 'policies')!;
    expect(policies.ready).toEqual([
      'policies.kyverno.io/ValidatingPolicy',
      'policies.kyverno.io/ImageValidatingPolicy',
    ]);
    expect(read().layers.find((one) => one.name === 'gateway-api')).toMatchObject({ path: '', objects: [] });
  });

  it('counts a secret as sealed when its file is there', () => {
    expect(read().declared.secrets.map((one) => one.sealed)).toEqual([true, true]);
    const { secrets } = read({ 'security/secrets/shop/app-credentials.secret.yaml': null }).declared;
    expect(secrets.find((one) => one.name === 'app-credentials')!.sealed).toBe(false);
  });

  it('knows the line and column of a field, of patched objects too', () => {
    const gateway = read().objects.find((one) => one.kind === 'Gateway')!;
    expect(gateway.file).toBe('infrastructure/gateway/gateway.yaml');
    expect(gateway.at('spec', 'listeners', 0, 'port')).toEqual({ line: 21, column: 13 });
  });

  it('patches what flux bootstrap will make, before and after it has', () => {
    const args = (model: ReturnType<typeof read>) =>
      JSON.stringify(model.bootstrapped!.find((one) => one.name === 'kustomize-controller')!.body);
    expect(args(read())).toContain('--no-remote-bases=true');
    const components = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: "never parsed: [" }
---
apiVersion: v1
kind: Namespace
metadata: { name: flux-system, labels: { a: b } }
${['kustomize', 'helm', 'notification'].map((name) => `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}-controller, namespace: flux-system }\nspec: { template: { spec: { containers: [{ args: [--own] }] } } }\n`).join('')}`;
    const filled = read({ 'clusters/my-cluster/flux-system/gotk-components.yaml': components });
    expect(args(filled)).toContain('--own');
    expect(args(filled)).toContain('--no-remote-bases=true');
    expect(filled.problems).toEqual([]);
    const namespace = filled.bootstrapped!.find((one) => one.kind === 'Namespace')!;
    expect(namespace.at()).toEqual({ line: 6, column: 1 });
    expect(filled.objects.some((one) => one.namespace === 'flux-system' && one.kind === 'Deployment')).toBe(
      false,
    );
  });

  it('refuses a repository without declaration, and one whose declaration cannot be planned', () => {
    const error = (changes: Record<string, string | null>) => {
      try {
        read(changes);
      } catch (thrown) {
        return thrown as UserError;
      }
      throw new Error('nothing was thrown');
    };
    expect(error({ 'zero-trust.yaml': null }).message).toContain('There is no zero-trust.yaml');
    for (const text of ['name: [', '- 1', 'name: x\nchoices: { mesh: nope }', 'name: x\nservices: 7']) {
      expect(error({ 'zero-trust.yaml': text })).toMatchObject({ name: 'UserError', exitCode: 1 });
    }
  });

  it('does not see what .sourceignore keeps from Flux', () => {
    const deny = 'security/network-policies/shop/default-deny.yaml';
    const ignoring = (text: string) => read({ '.sourceignore': text }).unreachable.includes(deny);
    for (const text of [
      'default-deny.yaml',
      '/security/**/default-deny.yaml',
      'shop/',
      'security/*/shop/*deny.yaml',
      '# no\n/security/network-policies/shop',
    ])
      expect(ignoring(text), text).toBe(true);
    for (const text of [
      '/default-deny.yaml',
      'deny.yaml',
      'security/*.yaml',
      'default-deny.yaml/',
      'default-deny.yaml\n!default-deny.yaml',
    ])
      expect(ignoring(text), text).toBe(false);
  });

  it('reports a list that cannot be read, not every file below it', () => {
    const list = 'security/network-policies/kustomization.yaml';
    const model = read({ [list]: `${fresh.get(list)}\t[` });
    expect(model.problems.map((one) => one.file)).toEqual([list]);
    expect(model.unreachable).toEqual([]);
  });

  it('reads a cluster of another name when the declared one is not there', () => {
    const files: Files = new Map(
      [...fresh].map(([path, text]) => [path.replace('clusters/my-cluster/', 'clusters/prod/'), text]),
    );
    expect(readModel(files, catalog).layers[0]!.path).toBe('clusters/prod');
    for (const path of files.keys()) if (path.startsWith('clusters/')) files.delete(path);
    expect(readModel(files, catalog).layers).toEqual([]);
  });

  it('sets the fields of a Flux Kustomization over those of the folder', () => {
    const path = 'clusters/my-cluster/apps.yaml';
    const fields = `  targetNamespace: elsewhere
  namePrefix: a-
  commonMetadata: { labels: { by: flux } }
  images: [{ name: ghcr.io/stefanprodan/podinfo, newTag: "9" }]
  postBuild: { substitute: { REPLICAS: "4" } }
  patches:
    - target: { kind: Service }
      patch: '[{"op": "add", "path": "/spec/type", "value": "\${KIND:=ClusterIP}"}]'
`;
    const model = read({ [path]: `${fresh.get(path)}${fields}` });
    const service = model.objects.find((one) => one.kind === 'Service' && one.name === 'a-frontend')!;
    expect(service).toMatchObject({ namespace: 'elsewhere', labels: { by: 'flux' } });
    expect(service.body['spec']).toMatchObject({ type: 'ClusterIP' });
    expect(model.remarks).toEqual([]);
  });
});

/** Builds one folder. */
function built(files: Record<string, string>, folder = 'app') {
  const repository = openRepository(new Map(Object.entries(files)));
  return { ...build(repository, folder), remarks: repository.remarks, problems: repository.problems };
}
const configMap = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}${more} }\ndata: { a: b }\n`;

describe('build', () => {
  it('takes every YAML file of a folder without kustomization, and folders with one as they say', () => {
    const { objects } = built({
      'app/a.yaml': configMap('a'),
      'app/deep/b.yml': configMap('b'),
      'app/list/kustomization.yaml': 'resources: [c.yaml]\nnamePrefix: x-\n',
      'app/list/c.yaml': configMap('c'),
      'app/list/unlisted.yaml': configMap('unlisted'),
      'other/d.yaml': configMap('d'),
      'app/notes.md': '# no',
    });
    expect(objects.map((one) => one.name)).toEqual(['a', 'b', 'x-c']);
  });

  // Compared with kustomize 5.8 on the same files.
  it('renames, moves, labels, patches and generates as kustomize does', () => {
    const { objects, remarks } = built({
      'base/kustomization.yaml': `
resources: [app.yaml, rbac.yaml]
configMapGenerator:
  - { name: settings, literals: [A=1, "B='two <x>'"], files: [conf.txt, other.txt=conf.txt] }
secretGenerator:
  - { name: token, envs: [vars.env] }
labels: [{ pairs: { team: shop }, includeTemplates: true }]
`,
      'base/conf.txt': 'hello\nworld\n',
      'base/vars.env': '# c\nK=v\nL=w=x\n',
      'base/app.yaml': `
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      containers:
        - name: main
          image: nginx:1.2
          env: [{ name: A, value: a }, { name: S, valueFrom: { secretKeyRef: { name: token, key: K } } }]
          envFrom: [{ configMapRef: { name: settings } }, { configMapRef: { name: elsewhere } }]
        - { name: side, image: x }
`,
      'base/rbac.yaml': `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: [""], resources: [secrets], resourceNames: [token], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: old }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: default }, { kind: ServiceAccount, name: web }, { kind: ServiceAccount, name: f, namespace: kube-system }]
`,
      'app/kustomization.yaml': `
namespace: shop
namePrefix: pre-
nameSuffix: -suf
resources: [../base]
components: [../comp]
commonLabels: { owner: me }
configMapGenerator: [{ name: settings, behavior: merge, literals: [C=3] }]
patches:
  - path: merge.yaml
images: [{ name: nginx, newName: reg/nginx, newTag: "2" }]
replicas: [{ name: web, count: 3 }]
`,
      'app/merge.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - { name: main, env: [{ name: A, value: new }, { name: Z, value: z }] }
        - { name: side, $patch: delete }
`,
      'comp/kustomization.yaml': `
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: Deployment }
    patch: |
      - { op: add, path: /spec/template/spec/containers/0/args, value: [--x] }
`,
    });
    expect(remarks).toEqual([]);
    const byKind = (kind: string) => objects.find((one) => one.kind === kind)!;
    expect(objects.every((one) => one.labels['owner'] === 'me' && one.labels['team'] === 'shop')).toBe(true);
    expect(byKind('Deployment')).toMatchObject({ name: 'pre-web-suf', namespace: 'shop' });
    expect(byKind('Deployment').body['spec']).toEqual({
      replicas: 3,
      selector: { matchLabels: { app: 'web', owner: 'me' } },
      template: {
        metadata: { labels: { app: 'web', team: 'shop', owner: 'me' } },
        spec: {
          serviceAccountName: 'pre-web-suf',
          containers: [
            {
              name: 'main',
              image: 'reg/nginx:2',
              args: ['--x'],
              env: [
                { name: 'A', value: 'new' },
                { name: 'Z', value: 'z' },
                { name: 'S', valueFrom: { secretKeyRef: { name: 'pre-token-suf-g86tfg7df5', key: 'K' } } },
              ],
              envFrom: [
                { configMapRef: { name: 'pre-settings-suf-khgmf2k4gt' } },
                { configMapRef: { name: 'elsewhere' } },
              ],
            },
          ],
        },
      },
    });
    expect(byKind('ConfigMap').body['data']).toEqual({
      A: '1',
      B: 'two <x>',
      C: '3',
      'conf.txt': 'hello\nworld\n',
      'other.txt': 'hello\nworld\n',
    });
    expect(byKind('Secret')).toMatchObject({
      name: 'pre-token-suf-g86tfg7df5',
      file: 'base/kustomization.yaml',
    });
    expect(byKind('ClusterRole')).toMatchObject({
      namespace: '',
      body: { rules: [{ resourceNames: ['pre-token-suf-g86tfg7df5'] }] },
    });
    expect(byKind('RoleBinding').body).toMatchObject({
      roleRef: { name: 'pre-reader-suf' },
      subjects: [
        { name: 'default', namespace: 'shop' },
        { name: 'pre-web-suf', namespace: 'shop' },
        { name: 'f', namespace: 'kube-system' },
      ],
    });
  });

  it.each([
    ['a missing entry', 'resources: [gone.yaml]', 'missing', 'app/gone.yaml does not exist'],
    ['a folder without kustomization', 'resources: [sub]', 'missing', 'app/sub has no kustomization'],
    ['an entry that is no text', 'resources: [{ a: b }]', 'missing', 'resources.0 is no path'],
    ['an absolute path', 'resources: [/etc/passwd]', 'outside', '/etc/passwd leads out'],
    ['a path that escapes', 'resources: [../../x.yaml]', 'outside', '../../x.yaml leads out'],
    ['a URL', 'resources: ["https://example.com/x.yaml"]', 'remote', 'fetched from elsewhere'],
    ['a remote base', 'resources: ["github.com/a/b//c?ref=main"]', 'remote', 'fetched from elsewhere'],
    ['itself', 'resources: [../app]', 'cycle', 'includes itself'],
    ['a kustomization as a file', 'resources: [../lib/kustomization.yaml]', 'no-manifest', 'as a folder'],
    ['a file without object', 'resources: [plain.yaml]', 'no-manifest', 'no Kubernetes object'],
    ['an object without name', 'resources: [nameless.yaml]', 'no-manifest', 'has no name'],
    ['a missing patch', 'resources: [a.yaml]\npatches: [{ path: gone.yaml }]', 'missing', 'gone.yaml'],
    [
      'a patch of nothing',
      'resources: [a.yaml]\npatches: [{ target: { kind: Secret }, patch: "[]" }]',
      'idle-patch',
      'no object',
    ],
    [
      'a patch that fails',
      'resources: [a.yaml]\npatches: [{ target: { kind: ConfigMap }, patch: "[{op: remove, path: /spec/x}]" }]',
      'failed-patch',
      'nothing at /spec',
    ],
    [
      'a patch that is no YAML',
      'resources: [a.yaml]\npatches: [{ target: { kind: ConfigMap }, patch: "{" }]',
      'failed-patch',
      'cannot be applied',
    ],
    [
      'a target that is no pattern',
      'resources: [a.yaml]\npatches: [{ target: { name: "(" }, patch: "[]" }]',
      'failed-patch',
      'cannot be applied',
    ],
    ['a field that is not followed', 'resources: [a.yaml]\nreplacements: []', 'not-followed', 'replacements'],
    ['a component that is not there', 'components: [../none]', 'missing', 'none does not exist'],
    ['a generator without its file', 'configMapGenerator: [{ name: x, files: [gone] }]', 'missing', 'gone'],
  ])('remarks on %s', (_what, text, cause, message) => {
    const { remarks } = built({
      'app/kustomization.yaml': text,
      'app/a.yaml': configMap('a'),
      'app/sub/b.yaml': configMap('b'),
      'app/plain.yaml': 'just: text',
      'app/nameless.yaml': 'apiVersion: v1\nkind: Secret',
      'lib/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []',
    });
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatchObject({ cause });
    expect(remarks[0]!.message).toContain(message);
  });

  it('leaves out what an annotation keeps from the cluster', () => {
    const annotation = (text: string) => `, annotations: { ${text} }`;
    const { objects, remarks } = built({
      'app/a.yaml': configMap('a', annotation('config.kubernetes.io/local-config: "true"')),
      'app/b.yaml': configMap('b', annotation('kustomize.toolkit.fluxcd.io/reconcile: disabled')),
      'app/c.yaml': configMap('c', annotation('kustomize.toolkit.fluxcd.io/ssa: merge')),
    });
    expect(objects.map((one) => one.name)).toEqual(['c']);
    expect(remarks.map((one) => [one.cause, one.file])).toEqual([
      ['left-out', 'app/a.yaml'],
      ['left-out', 'app/b.yaml'],
    ]);
  });

  it('takes a folder whose name looks like a host for what it is', () => {
    const { objects, remarks } = built({
      'app/kustomization.yaml': 'resources: [acme.io/kinds/a.yaml]',
      'app/acme.io/kinds/a.yaml': configMap('a'),
    });
    expect([objects.length, remarks]).toEqual([1, []]);
  });

  it.each([
    'resources: {}',
    'resources: [null, 1, []]',
    'patches: 5',
    'patches: [7, {}, { patch: 3 }, { path: [] }]',
    'namespace: 7',
    'labels: [{ pairs: x }, 3]',
    'images: [{}, { name: 1 }]',
    'configMapGenerator: [{}, 4, { name: [], literals: [1, "x"] }]',
    'resources: [odd.yaml]\nnamespace: x\nnamePrefix: y-\ncommonLabels: { a: b }\nimages: [{ name: z, newTag: "1" }]\nreplicas: [{}]',
    'resources: [odd.yaml]\npatches: [{ target: { name: ".*" }, patch: "spec: { a: &a [x], b: [*a, *a] }" }]',
    '- a list',
    '"text"',
    '',
  ])('is not thrown off by %s', (text) => {
    const odd = `
{ apiVersion: v1, kind: Pod, metadata: { name: a, labels: [1], annotations: text }, spec: [{ containers: 7 }] }
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: b }, spec: { selector: 3, template: null, containers: [null, 4] } }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: c }, subjects: [4, null], roleRef: x }
`;
    expect(() => built({ 'app/kustomization.yaml': text, 'app/odd.yaml': odd })).not.toThrow();
  });

  it('goes on after what cannot be read', () => {
    const { objects, problems } = built({ 'app/a.yaml': 'a: [', 'app/b.yaml': configMap('b') });
    expect(objects.map((one) => one.name)).toEqual(['b']);
    expect(problems).toMatchObject([{ file: 'app/a.yaml' }]);
  });
});
