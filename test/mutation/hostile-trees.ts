import type { Files } from '../../src/types/files.ts';

const APPS = 'apps/kustomization.yaml';
const LAYERS = 'clusters/my-cluster/kustomization.yaml';

const list = (...resources: string[]) =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: ${JSON.stringify(resources)}\n`;
const layer = (name: string, path: string, dependsOn: string[] = []) =>
  JSON.stringify({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system' },
    spec: {
      path,
      dependsOn: dependsOn.map((one) => ({ name: one })),
      sourceRef: { kind: 'GitRepository', name: 'flux-system' },
    },
  });

/** Files to exchange in the default repository: lists and layers that lead to themselves, outside, or nowhere. */
export function treesOf(files: Files): Record<string, Record<string, string>> {
  const named = (...entries: string[]) =>
    files.get(APPS)! + entries.map((one) => `  - ${JSON.stringify(one)}\n`).join('');
  return {
    'a folder that names itself': { [APPS]: named('.') },
    'a folder that names its parent': { [APPS]: named('..') },
    'a folder outside': { [APPS]: named('../../../../etc', '/etc/passwd', '~', 'C:\\x') },
    'two folders that name each other': {
      [APPS]: named('one'),
      'apps/one/kustomization.yaml': list('../two'),
      'apps/two/kustomization.yaml': list('../one'),
    },
    'a list that names its own file': { [APPS]: named('kustomization.yaml') },
    'components that name each other': {
      [APPS]: `${named()}components: [one]\n`,
      'apps/one/kustomization.yaml': `kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents: [../one]\n`,
    },
    'a layer of its own folder': { 'clusters/my-cluster/apps.yaml': layer('apps', './clusters/my-cluster') },
    'a layer of everything': { 'clusters/my-cluster/apps.yaml': layer('apps', './') },
    'a layer in a layer in itself': {
      [APPS]: named('layer.yaml'),
      'apps/layer.yaml': layer('inner', './apps'),
    },
    'layers that wait for each other': {
      'clusters/my-cluster/apps.yaml': layer('apps', './apps', ['rbac', 'apps']),
      'clusters/my-cluster/rbac.yaml': layer('rbac', './security/rbac', ['apps']),
    },
    'a chain of a thousand folders': {
      [APPS]: named('deep-0'),
      ...Object.fromEntries(
        Array.from({ length: 1000 }, (_, index) => [
          `apps/deep-${index}/kustomization.yaml`,
          list(index < 999 ? `../deep-${index + 1}` : '../frontend/service.yaml'),
        ]),
      ),
    },
    'a lattice of folders': {
      [APPS]: named('grid-0a'),
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, index) =>
          ['a', 'b'].map((side) => [
            `apps/grid-${index}${side}/kustomization.yaml`,
            list(`../grid-${index + 1}a`, `../grid-${index + 1}b`),
          ]),
        ).flat(),
      ),
    },
    'no list of layers': { [LAYERS]: '' },
    'layers without names': {
      'clusters/my-cluster/apps.yaml': 'kind: Kustomization\napiVersion: kustomize.toolkit.fluxcd.io/v1\n',
    },
  };
}

/** Pattern of names, and a patch in one of its forms. */
export const PATCHES: [string, string, unknown][] = [
  ['names that never end to match', '(a+)+$', [{ op: 'remove', path: '/spec' }]],
  ['names that are no pattern', '(', [{ op: 'remove', path: '/spec' }]],
  ['names of another dialect', '(?i)frontend', [{ op: 'remove', path: '/spec' }]],
  ['a path through a list', '.*', [{ op: 'replace', path: '/spec/ports/-/x', value: 1 }]],
  ['a path that does not begin', '.*', [{ op: 'add', path: 'spec', value: 1 }]],
  ['a path into the prototype', '.*', [{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
  ['the whole object', '.*', [{ op: 'replace', path: '', value: null }]],
  ['an unknown step', '.*', [{ op: 'frob' }, null, 1]],
  ['no steps', '.*', 'x'],
  ['a broken text', '.*', '{ ['],
  ['another kind', '.*', 'kind: x'],
  [
    'a merge of wrong types',
    '.*',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: frontend}\nspec: 1',
  ],
  [
    'a list where a map was',
    '.*',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: frontend}\nspec: []',
  ],
  ['deletion', '.*', '$patch: delete\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: frontend}'],
];
