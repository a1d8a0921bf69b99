import { edits, isList, put, remove, type Operators } from '../mutant.ts';
import { under } from '../nodes.ts';
import type { Any } from '../repository.ts';

/** Rights that grow. */
export const RBAC: Operators = {
  'rbac/wildcard': edits(/(Cluster)?Role/, (role) =>
    under(role, /^(apiGroups|resources|verbs)$/).flatMap(({ at, value }) => [
      put(at, ['*']),
      put([...at, value.length], '*'),
    ]),
  ),
  'rbac/add-verb': edits(/(Cluster)?Role/, ({ rules }) =>
    rules.flatMap(({ verbs }: Any, index: number) =>
      ['create', 'delete', 'escalate', 'bind', 'impersonate']
        .filter((verb) => !verbs.includes(verb))
        .map((verb) => put(['rules', index, 'verbs', verbs.length], verb)),
    ),
  ),
  'rbac/add-resource': edits(/(Cluster)?Role/, ({ rules }) => [
    put(['rules', rules.length], { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }),
    put(['rules', rules.length], { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }),
    put(['rules', rules.length], { nonResourceURLs: ['*'], verbs: ['*'] }),
  ]),
  'rbac/any-name': edits(/(Cluster)?Role/, (role) =>
    under(role, 'resourceNames').map(({ at }) => remove(at)),
  ),
  'rbac/cluster-admin': edits(/(Cluster)?RoleBinding/, () => [
    put(['roleRef', 'name'], 'cluster-admin'),
    put(['roleRef'], { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' }),
  ]),
  'rbac/add-subject': edits(/(Cluster)?RoleBinding/, ({ subjects }) =>
    [
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' },
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts' },
      { kind: 'ServiceAccount', name: 'default', namespace: 'default' },
      { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'system:anonymous' },
    ].map((subject) => put(['subjects', subjects.length], subject)),
  ),
  'rbac/cluster-wide': edits(/RoleBinding/, () => [put(['kind'], 'ClusterRoleBinding')]),
  'rbac/remove-rule': edits(/(Cluster)?Role/, ({ rules }) =>
    rules.map((_: Any, index: number) => remove(['rules', index])),
  ),
  'rbac/remove-verb': edits(/(Cluster)?Role/, ({ rules }) =>
    rules.map((_: Any, index: number) => remove(['rules', index, 'verbs', 0])),
  ),
  'rbac/remove-subject': edits(/(Cluster)?RoleBinding/, () => [remove(['subjects', 0])]),
  // The engine's own identity may do anything.
  'rbac/engine-identity': edits(/Kustomization|HelmRelease/, (object) =>
    !isList(object) && object.spec.serviceAccountName
      ? [
          remove(['spec', 'serviceAccountName']),
          ...(object.spec.serviceAccountName === 'flux-apps'
            ? [put(['spec', 'serviceAccountName'], 'kustomize-controller')]
            : []),
        ]
      : [],
  ),
  'rbac/new-admin': function* ({ files, places }) {
    for (const { file } of places.filter(
      ({ object, index }) => /^RoleBinding$/.test(object.kind) && index > 0,
    )) {
      const binding = `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: break-glass\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: developers\n`;
      const changes = () => new Map([[file, `${files.get(file)!}${binding}`]]);
      yield { file, what: 'ClusterRoleBinding break-glass → cluster-admin added', changes };
    }
  },
};
