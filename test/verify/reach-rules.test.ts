import { describe, expect, it } from 'vitest';
import type { Files } from '../../src/types/files.ts';
import { readModel } from '../../src/verify/read.ts';
import { REACH_RULES } from '../../src/verify/rules/reach/index.ts';
import { repositoryOf, scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

const { files: fresh } = scenario('default');

/** What a change of a file makes of its text; null deletes it. */
type Change = string | null | ((text: string) => string);

function changed(changes: Record<string, Change>): Files {
  const files: Files = new Map(fresh);
  for (const [path, change] of Object.entries(changes)) {
    const text = typeof change === 'function' ? change(files.get(path)!) : change;
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return files;
}

const replace = (from: string | RegExp, to: string) => (text: string) => {
  const after = text.replace(from, () => to);
  if (after === text) throw new Error(`the fixture has no ${from}`);
  return after;
};
const append = (more: string) => (text: string) => `${text}${more}`;

function hits(files: Files) {
  const model = readModel(files, catalog);
  return REACH_RULES.flatMap((rule) => [...rule.check(model)].map((hit) => ({ rule: rule.id, ...hit })));
}

const FLUX = 'clusters/my-cluster';
const LOCK = `${FLUX}/flux-system/kustomization.yaml`;
const LIST = 'security/network-policies/kustomization.yaml';
const DENY = 'security/network-policies/shop/default-deny.yaml';
const CERT = 'infrastructure/controllers/cert-manager/cert-manager.yaml';
const KYVERNO = 'infrastructure/controllers/kyverno/kyverno.yaml';

const RENDERER = (change: string) =>
  `  postRenderers:\n    - kustomize: {patches: [{target: {kind: Deployment}, patch: "spec: {template: {spec: {${change}}}}"}]}\n`;

interface Case {
  rule: string;
  what: string;
  changes: Record<string, Change>;
  file: string;
  line?: number;
  message: string;
}

const CASES: Case[] = [
  {
    rule: 'reach/no-entry',
    what: 'a renamed cluster',
    changes: { 'zero-trust.yaml': replace('name: my-cluster', 'name: other') },
    file: 'zero-trust.yaml',
    message: 'clusters/other, which is named here, does not exist; clusters/my-cluster was read',
  },
  {
    rule: 'reach/unreadable',
    what: 'broken YAML',
    changes: { [DENY]: append('\t- x: [') },
    file: DENY,
    message: '',
  },
  {
    rule: 'reach/unreachable',
    what: 'a file that no list names',
    changes: { [LIST]: replace('  - shop/default-deny.yaml\n', '') },
    file: DENY,
    message: 'no kustomization leads to this file',
  },
  {
    rule: 'reach/unreachable',
    what: 'a manifest beside the layers',
    changes: { 'extra/deny.yaml': fresh.get(DENY)! },
    file: 'extra/deny.yaml',
    message: 'no kustomization leads to this file',
  },
  {
    rule: 'reach/missing-entry',
    what: 'a deleted file',
    changes: { [DENY]: null },
    file: LIST,
    message: `${DENY} does not exist`,
  },
  {
    rule: 'reach/missing-path',
    what: 'a folder that is not there',
    changes: { [`${FLUX}/apps.yaml`]: replace('./apps', './aps') },
    file: `${FLUX}/apps.yaml`,
    line: 22,
    message: 'applies ./aps, which does not exist',
  },
  {
    rule: 'reach/missing-path',
    what: 'a folder without objects',
    changes: { 'apps/kustomization.yaml': 'resources: []\n' },
    file: `${FLUX}/apps.yaml`,
    message: 'applies ./apps, which holds no object',
  },
  {
    rule: 'reach/missing-path',
    what: 'a path out of the repository',
    changes: { [`${FLUX}/apps.yaml`]: replace('./apps', '../apps') },
    file: `${FLUX}/apps.yaml`,
    message: 'leads out of the repository',
  },
  {
    rule: 'reach/missing-path',
    what: 'a folder that its source does not fetch',
    changes: { [`${FLUX}/gateway-api.yaml`]: replace('./config/crd', './config/crds') },
    file: `${FLUX}/gateway-api.yaml`,
    message: 'which GitRepository flux-system/gateway-api does not fetch',
  },
  {
    rule: 'reach/missing-source',
    what: 'a misspelt source',
    changes: { [`${FLUX}/apps.yaml`]: replace('    name: flux-system\n  path', '    name: flux\n  path') },
    file: `${FLUX}/apps.yaml`,
    message: 'from GitRepository flux-system/flux, which does not exist',
  },
  {
    rule: 'reach/missing-chart',
    what: 'a chart reference to nothing',
    changes: {
      [CERT]: replace(
        '  chartRef:\n    kind: OCIRepository\n    name: cert-manager',
        '  chartRef:\n    kind: OCIRepository\n    name: cert',
      ),
    },
    file: CERT,
    message: 'OCIRepository flux-system/cert, which does not exist',
  },
  {
    rule: 'reach/missing-chart',
    what: 'a source of another kind',
    changes: {
      [KYVERNO]: replace('kind: HelmRepository\n        name', 'kind: GitRepository\n        name'),
    },
    file: KYVERNO,
    message: 'GitRepository flux-system/kyverno, which does not exist',
  },
  {
    rule: 'reach/dangling-depends-on',
    what: 'a layer that is not there',
    changes: { [`${FLUX}/apps.yaml`]: replace('- name: rbac', '- name: roles') },
    file: `${FLUX}/apps.yaml`,
    message: 'Kustomization flux-system/apps waits for flux-system/roles',
  },
  {
    rule: 'reach/dangling-depends-on',
    what: 'a release that is not there',
    changes: {
      'infrastructure/controllers/istio/istiod.yaml': replace('- name: istio-base', '- name: base'),
    },
    file: 'infrastructure/controllers/istio/istiod.yaml',
    message: 'HelmRelease flux-system/istiod waits for flux-system/base',
  },
  {
    rule: 'reach/remote-base',
    what: 'a URL among the resources',
    changes: { [LIST]: append('  - https://example.com/all.yaml\n') },
    file: LIST,
    message: 'is fetched from elsewhere',
  },
  {
    rule: 'reach/cycle',
    what: 'a list that names itself',
    changes: { [LIST]: append('  - ../network-policies\n') },
    file: LIST,
    message: 'includes itself',
  },
  {
    rule: 'reach/not-a-manifest',
    what: 'YAML that is no object',
    changes: { [LIST]: append('  - notes.yaml\n'), 'security/network-policies/notes.yaml': 'todo: [a]\n' },
    file: 'security/network-policies/notes.yaml',
    message: 'holds no Kubernetes object',
  },
  {
    rule: 'reach/patch-fails',
    what: 'a patch of a field that is not there',
    changes: {
      [LOCK]: replace('/spec/template/spec/containers/0/args/-', '/spec/template/spec/containers/1/args/-'),
    },
    file: LOCK,
    message: 'cannot be applied',
  },
  {
    rule: 'reach/idle-patch',
    what: 'a misspelt target',
    changes: { [LOCK]: replace('name: flux-system\n    patch', 'name: flux\n    patch') },
    file: LOCK,
    message: 'matches no object',
  },
  {
    rule: 'reach/left-out',
    what: 'an annotation',
    changes: {
      [DENY]: replace(
        '  name: default-deny\n',
        '  name: default-deny\n  annotations: { config.kubernetes.io/local-config: "true" }\n',
      ),
    },
    file: DENY,
    message: 'keeps it out of the cluster',
  },
  {
    rule: 'reach/suspended',
    what: 'a suspended layer',
    changes: { [`${FLUX}/network-policies.yaml`]: append('  suspend: true\n') },
    file: `${FLUX}/network-policies.yaml`,
    line: 20,
    message: 'Kustomization flux-system/network-policies is suspended',
  },
  {
    rule: 'reach/suspended',
    what: 'a suspended release',
    changes: { [CERT]: replace('  interval: 30m\n', '  interval: 30m\n  suspend: true\n') },
    file: CERT,
    message: 'HelmRelease flux-system/cert-manager is suspended',
  },
  {
    rule: 'reach/lock-down',
    what: 'an argument that is gone',
    changes: { [LOCK]: replace('--no-remote-bases=true', '--no-remote-bases=false') },
    file: LOCK,
    message: 'kustomize-controller runs without --no-remote-bases=true',
  },
  {
    rule: 'reach/lock-down',
    what: 'a weaker Pod Security level',
    changes: { [LOCK]: replace('value: restricted', 'value: baseline') },
    file: LOCK,
    message: 'Namespace flux-system does not enforce',
  },
  {
    rule: 'reach/not-followed',
    what: 'replacements',
    changes: { [LIST]: append('replacements: []\n') },
    file: LIST,
    message: 'replacements changes objects',
  },
  {
    rule: 'reach/duplicate-object',
    what: 'one object in two layers',
    changes: { 'apps/kustomization.yaml': append('  - deny.yaml\n'), 'apps/deny.yaml': fresh.get(DENY)! },
    file: 'apps/deny.yaml',
    message: `NetworkPolicy shop/default-deny is in ${DENY}, line `,
  },
  {
    rule: 'reach/duplicate-object',
    what: 'one file listed twice',
    changes: { [LIST]: append('  - shop/default-deny.yaml\n') },
    file: DENY,
    message: 'NetworkPolicy shop/default-deny is in this file',
  },
  {
    rule: 'reach/post-renderer',
    what: 'a patch of a chart',
    changes: { [KYVERNO]: append(RENDERER('securityContext: {privileged: true}')) },
    file: KYVERNO,
    message: 'a post-renderer touches securityContext',
  },
  {
    rule: 'reach/variable',
    what: 'a control that a variable decides',
    changes: {
      [`${FLUX}/network-policies.yaml`]: append(
        '  postBuild:\n    substitute: {known: "1"}\n    substituteFrom: [{kind: ConfigMap, name: settings}]\n',
      ),
      [DENY]: replace('podSelector: {}', 'podSelector: {matchLabels: {app: "${which}"}}'),
    },
    file: DENY,
    message: 'spec.podSelector.matchLabels.app is the variable which',
  },
];

describe('rules of reach', () => {
  it.each(CASES)('$rule finds $what', ({ rule, changes, file, line, message }) => {
    const found = hits(changed(changes)).filter((one) => one.rule === rule);
    expect(found.map((one) => one.file)).toContain(file);
    const hit = found.find((one) => one.file === file)!;
    expect(hit.message).toContain(message);
    if (line) expect(hit.position?.line).toBe(line);
  });

  it('has a failing fixture for each rule', () => {
    expect([...new Set(CASES.map((one) => one.rule))].sort()).toEqual(
      REACH_RULES.map((one) => one.id).sort(),
    );
  });

  it.each([
    'default',
    'other-options',
    'online-boutique',
    'bookinfo',
    'bookinfo-full',
    'own-manifests',
    'smallest',
  ])('find nothing in scenario %s', (name) => {
    expect(hits(scenario(name).files)).toEqual([]);
  });

  it.each<[string, Record<string, Change>]>([
    ['a post-renderer of no control', { [KYVERNO]: append(RENDERER('priorityClassName: high')) }],
    [
      'a variable that the layer gives, one with a default, and one of no control',
      {
        [`${FLUX}/apps.yaml`]: append('  postBuild:\n    substitute: {replicas: "2"}\n'),
        'apps/api-service/deployment.yaml': replace(
          /replicas: \d+/,
          'replicas: ${replicas}\n  minReadySeconds: ${seconds:=1}\n  progressDeadlineSeconds: ${deadline}',
        ),
      },
    ],
  ])('accept %s', (_, changes) => {
    expect(hits(changed(changes))).toEqual([]);
  });

  it('leave alone what is for nobody: tests, bootstrap, workflows, charts', () => {
    const object = fresh.get(DENY)!;
    const files = changed({
      'tests/a.yaml': object,
      'security/kyverno/tests/more/b.yaml': object,
      'bootstrap/c.yaml': object,
      '.github/d.yaml': object,
      'charts/own/Chart.yaml': 'apiVersion: v2\nname: own\n',
      'charts/own/templates/e.yaml': `{{- if true }}\n${object}`,
    });
    expect(hits(files)).toEqual([]);
  });

  it('find nothing in a cluster with another choice of every slot, sealed or pending', () => {
    const { files } = repositoryOf('pending', {
      name: 'my-cluster',
      choices: { mesh: 'none', secrets: 'sealed-secrets' },
    });
    const pending = new Map(
      [...files].filter(([path]) => !path.startsWith('security/secrets/') && path !== `${FLUX}/secrets.yaml`),
    );
    expect(hits(files)).toEqual([]);
    expect(hits(pending).map((one) => one.rule)).toEqual(expect.arrayContaining(['reach/missing-entry']));
  });
});
