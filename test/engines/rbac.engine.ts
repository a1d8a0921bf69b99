import { beforeAll, expect, inject, test } from 'vitest';
import { Cluster, type KubeObject, type Question } from './cluster.ts';
import { layers } from './layers.ts';
import { notSent } from './not-sent.ts';
import { releases, template } from './releases.ts';
import { coveringArray, documents, scenario, scenarios, type Repository } from './repositories.ts';
import { suite } from './suite.ts';

const objectsOf = ({ files }: Repository): KubeObject[] =>
  documents(files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object);

const isRbac = ({ apiVersion }: KubeObject) => apiVersion.startsWith('rbac.authorization.k8s.io/');

const account = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;

/** Every cluster has it: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const BUILT_IN = ['view'];

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** What none of our accounts may do, neither at home nor in kube-system. */
const NOBODY_MAY: Omit<Question, 'who'>[] = [
  { verb: 'get', resource: 'secrets' },
  { verb: 'list', resource: 'secrets' },
  { verb: 'create', group: RBAC_GROUP, resource: 'roles' },
  { verb: 'create', group: RBAC_GROUP, resource: 'clusterrolebindings' },
  { verb: 'escalate', group: RBAC_GROUP, resource: 'clusterroles' },
  { verb: 'impersonate', resource: 'users' },
  { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
  { verb: 'patch', resource: 'namespaces' },
];

/** The objects of each layer that is applied by a narrow account. */
const narrow = (repository: Repository) =>
  layers(repository)
    .filter(({ serviceAccount }) => serviceAccount !== 'kustomize-controller')
    .flatMap(({ serviceAccount, objects }) =>
      objects.map((object) => ({ who: account('flux-system', serviceAccount), object })),
    );

suite('RBAC', ['api-server', 'upstream', 'kustomize', 'helm'], () => {
  let cluster: Cluster;
  const [standard, other] = [scenario('default'), scenario('other-options')];

  beforeAll(() => {
    cluster = new Cluster(inject('kubeconfig'));
    const all = [standard, other].flatMap(objectsOf).filter(isRbac);
    const namespaces = new Set(all.flatMap(({ metadata }) => metadata.namespace ?? []));
    cluster.applyAll(
      [...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
    cluster.applyAll(all);
  });

  test('[rbac-role] [bench-job] lets each account do what it is there for', () => {
    const bench = account('kube-bench', 'kube-bench-cluster');
    const declared = other.plan.services.flatMap(({ namespace, serviceAccount, kubernetesApi }) =>
      kubernetesApi.flatMap(({ apiGroup, resources, names, verbs }) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) =>
            (names.length ? names : [undefined]).map((name) => ({
              who: account(namespace, serviceAccount.name),
              verb,
              group: apiGroup,
              resource,
              name,
              namespace,
            })),
          ),
        ),
      ),
    );
    expect(declared.length).toBeGreaterThan(4);
    const questions = [
      { who: bench, verb: 'list', resource: 'pods' },
      { who: bench, verb: 'list', group: RBAC_GROUP, resource: 'clusterroles' },
      ...declared,
    ];
    expect(cluster.wrongAnswers(questions, true)).toEqual([]);
  });

  test('[flux-lockdown] lets the account of a layer write every object of the layer', () => {
    const questions = [standard, other].flatMap(narrow).flatMap(({ who, object }) => {
      const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
      const { namespace } = object.metadata;
      return ['get', 'list', 'watch', 'create', 'patch', 'delete'].map((verb) => ({
        who,
        verb,
        group,
        resource: plural(object.kind),
        namespace,
      }));
    });
    expect(questions.length).toBeGreaterThan(0);
    expect(new Set(cluster.wrongAnswers(questions, true))).toEqual(new Set());
  });

  test('[rbac-role] [bench-job] lets no account do more', () => {
    const accounts = [standard, other].flatMap((repository) =>
      objectsOf(repository).filter(({ kind }) => kind === 'ServiceAccount'),
    );
    const names = [
      ...new Set(accounts.map(({ metadata: { namespace, name } }) => account(namespace!, name))),
    ];
    expect(names.length).toBeGreaterThan(5);
    const agent = account('ledger', 'node-agent');
    const flux = account('flux-system', 'flux-apps');
    const questions: Question[] = [
      ...names.flatMap((who) =>
        [who.split(':')[2]!, 'kube-system'].flatMap((namespace) =>
          NOBODY_MAY.map((one) => ({ who, ...one, namespace })),
        ),
      ),
      { who: agent, verb: 'delete', resource: 'pods', namespace: 'ledger' },
      { who: agent, verb: 'get', resource: 'pods', namespace: 'web' },
      {
        who: agent,
        verb: 'get',
        group: 'coordination.k8s.io',
        resource: 'leases',
        name: 'other',
        namespace: 'ledger',
      },
      { who: agent, verb: 'list', group: 'coordination.k8s.io', resource: 'leases', namespace: 'ledger' },
      { who: account('kube-bench', 'kube-bench'), verb: 'list', resource: 'pods' },
      { who: account('flux-system', 'default'), verb: 'create', resource: 'pods', namespace: 'flux-system' },
      { who: flux, verb: 'create', group: 'apps', resource: 'deployments', namespace: 'kube-system' },
      { who: flux, verb: 'create', group: 'apps', resource: 'deployments', namespace: 'flux-system' },
      { who: account('shop', 'frontend'), verb: 'list', resource: 'pods', namespace: 'shop' },
    ];
    expect(cluster.wrongAnswers(questions, false)).toEqual([]);
    console.log(`${names.length} accounts, ${questions.length} denials`);
  });

  test('[rbac-binding] binds rendered roles without wildcards to accounts that are there', () => {
    const wrong = [...scenarios(), ...coveringArray()].flatMap((repository) => {
      const all = objectsOf(repository);
      const has = (kind: string, name: string, namespace?: string) =>
        all.some(
          (one) =>
            one.kind === kind &&
            one.metadata.name === name &&
            (namespace === undefined || one.metadata.namespace === namespace),
        );
      return all.filter(isRbac).flatMap((object) => {
        const place = `${object.kind} ${object.metadata.name}`;
        if (!object.roleRef)
          return JSON.stringify(object.rules).includes('"*"') ? [`${place} has a wildcard`] : [];
        const { kind, name } = object.roleRef as { kind: string; name: string };
        const isThere =
          BUILT_IN.includes(name) || has(kind, name, kind === 'Role' ? object.metadata.namespace : undefined);
        const role = isThere ? [] : [`${place}: no ${kind} ${name}`];
        const lost = (object.subjects as { kind: string; name: string; namespace?: string }[]).filter(
          (one) => one.kind === 'ServiceAccount' && !has('ServiceAccount', one.name, one.namespace),
        );
        // Others make the accounts of charts and of workloads that keep their own manifests.
        const foreign = ({ name, namespace }: { name: string; namespace?: string }) =>
          repository.plan.services.some((service) => service.own && service.serviceAccount.name === name) ||
          releases(repository)
            .filter((release) => release.namespace === namespace)
            .some((release) =>
              template(release, repository.plan).some(
                ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === name,
              ),
            );
        return [
          ...role,
          ...lost.filter((one) => !foreign(one)).map((one) => `${place}: no account ${one.name}`),
        ];
      });
    });
    expect([...new Set(wrong)]).toEqual([]);
  });
});

const plural = (kind: string) =>
  /y$/i.test(kind)
    ? kind.toLowerCase().replace(/y$/, 'ies')
    : `${kind.toLowerCase()}${/s$/i.test(kind) ? 'es' : 's'}`;
