import { expect, inject, test } from 'vitest';
import { Cluster, type AccessRule, type KubeObject, type Question } from './cluster.ts';
import { notSent } from './not-sent.ts';
import { releases, template } from './releases.ts';
import { documents, repository as repositoryOf, scenario } from './repositories.ts';
import { suite } from './suite.ts';

const RBAC = 'rbac.authorization.k8s.io';
const GATEWAY_API = 'gateway.networking.k8s.io';
const READ = 'get list watch';
const WRITE = 'create update patch delete';

/** Groups of scenario `tenants`, and namespaces in which they might try something. */
const GROUPS = [
  'oidc:shop',
  'oidc:shop-contractors',
  'oidc:shop-leads',
  'oidc:billing',
  'oidc:platform',
  'oidc:on-call',
  'oidc:audit',
];
const NAMESPACES = ['shop', 'billing', 'gateway', 'flux-system', 'kube-system'];

type Row = [group: string, namespace: string | undefined, verbs: string, resources: string[]];

const LOOK = ['pods', 'pods/log', 'services', 'configmaps', 'events', 'apps/deployments', 'batch/cronjobs'];
const ROUTES = [`${GATEWAY_API}/httproutes`, `${GATEWAY_API}/grpcroutes`];

const ALLOWED: Row[] = [
  ...['oidc:shop', 'oidc:shop-contractors'].flatMap((group): Row[] => [
    [group, 'shop', READ, [...LOOK, ...ROUTES, 'networking.k8s.io/networkpolicies']],
    [group, 'shop', 'delete', ['pods']],
  ]),
  ['oidc:billing', 'billing', READ, [...LOOK, ...ROUTES]],
  ['oidc:billing', 'billing', 'delete', ['pods']],
  // Those of the shop look at billing.
  ['oidc:shop', 'billing', READ, LOOK],
  ['oidc:shop-leads', 'shop', `${READ} ${WRITE}`, ROUTES],
  ['oidc:shop-leads', 'shop', READ, ['services', 'events', 'discovery.k8s.io/endpointslices']],
  [
    'oidc:platform',
    'gateway',
    `${READ} ${WRITE}`,
    [`${GATEWAY_API}/gateways`, `${GATEWAY_API}/httproutes`, `${GATEWAY_API}/referencegrants`],
  ],
  ['oidc:platform', 'gateway', READ, ['cert-manager.io/certificates', 'pods/log', 'services', 'events']],
  ['oidc:platform', undefined, READ, [`${GATEWAY_API}/gatewayclasses`, ...ROUTES]],
  ...['oidc:on-call', 'oidc:platform'].flatMap((group) =>
    ['shop', 'billing'].flatMap((namespace): Row[] => [
      [group, namespace, READ, [...LOOK, 'networking.k8s.io/networkpolicies']],
      [group, namespace, 'patch', ['pods', 'pods/ephemeralcontainers']],
      [group, namespace, 'delete', ['pods']],
    ]),
  ),
  [
    'oidc:audit',
    undefined,
    READ,
    [
      ...LOOK,
      ...ROUTES,
      'nodes',
      'namespaces',
      'networking.k8s.io/networkpolicies',
      `${RBAC}/rolebindings`,
      `${RBAC}/clusterroles`,
      'admissionregistration.k8s.io/validatingwebhookconfigurations',
      'apiextensions.k8s.io/customresourcedefinitions',
      'security.istio.io/authorizationpolicies',
      'security.istio.io/peerauthentications',
      'networking.istio.io/envoyfilters',
      'cert-manager.io/certificates',
      'cert-manager.io/clusterissuers',
      'bitnami.com/sealedsecrets',
    ],
  ],
];

/** What nobody may, wherever it is. */
const NOBODY_MAY: [verbs: string, resources: string[]][] = [
  [`${READ} ${WRITE}`, ['secrets']],
  [
    `${WRITE} bind escalate`,
    ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map((one) => `${RBAC}/${one}`),
  ],
  ['impersonate', ['users', 'groups', 'serviceaccounts']],
  ['get create', ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy']],
  ['create', ['serviceaccounts/token', 'pods', 'apps/deployments']],
  [WRITE, ['namespaces', 'resourcequotas', 'networking.k8s.io/networkpolicies', 'serviceaccounts']],
  [WRITE, ['cilium.io/ciliumnetworkpolicies', 'cilium.io/ciliumclusterwidenetworkpolicies']],
];

const DENIED: Row[] = [
  ...GROUPS.flatMap((group) =>
    [...NAMESPACES, undefined].flatMap((namespace) =>
      NOBODY_MAY.map(([verbs, resources]): Row => [group, namespace, verbs, resources]),
    ),
  ),
  ...['shop', 'gateway', undefined].map((namespace): Row => [
    'oidc:shop-leads',
    namespace,
    WRITE,
    ['gateways', 'gateways/status', 'referencegrants', 'gatewayclasses'].map(
      (one) => `${GATEWAY_API}/${one}`,
    ),
  ]),
  ['oidc:shop-leads', 'gateway', READ, ROUTES],
  ['oidc:platform', 'shop', WRITE, ROUTES],
  ['oidc:platform', undefined, WRITE, [`${GATEWAY_API}/gatewayclasses`]],
  ['oidc:shop', 'billing', 'delete', ['pods']],
  ['oidc:on-call', 'kube-system', 'patch', ['pods/ephemeralcontainers']],
];

const questions = (rows: Row[]): Question[] =>
  rows.flatMap(([who, namespace, verbs, resources]) =>
    verbs
      .split(' ')
      .flatMap((verb) =>
        resources.map((text) => ({ who, people: true, verb, namespace, ...resourceOf(text) })),
      ),
  );

/** `apps/deployments`, `pods/log`: before the first slash is a group of the API if it is one. */
function resourceOf(text: string): Pick<Question, 'group' | 'resource' | 'subresource'> {
  const parts = text.split('/');
  const group = parts.length > 1 && /\.|^(apps|batch)$/.test(parts[0]!) ? parts.shift() : '';
  return { group, resource: parts[0]!, subresource: parts[1] };
}

const repository = scenario('tenants');

/** What a controller of the cluster does, and none runs here: `view` gets the rules of the roles that join it. */
function fillView(cluster: Cluster): void {
  const made = releases(repository).flatMap((release) => template(release, repository.plan));
  const joins = made.filter(
    ({ kind, metadata }) =>
      kind === 'ClusterRole' && metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-view'] === 'true',
  );
  cluster.applyAll(joins);
  const { stdout } = cluster.kubectl([
    'get',
    'clusterroles',
    '--selector=rbac.authorization.k8s.io/aggregate-to-view=true',
    '--output=json',
  ]);
  const rules = (JSON.parse(stdout) as { items: { rules: object[] }[] }).items.flatMap((one) => one.rules);
  expect(rules.length).toBeGreaterThan(5);
  const patch = cluster.kubectl([
    'patch',
    'clusterrole',
    'view',
    '--type=merge',
    `--patch=${JSON.stringify({ rules })}`,
  ]);
  expect(patch.status, patch.all).toBe(0);
}

let prepared: Cluster | undefined;

/** The cluster with the roles of the scenario, once. */
function clusterWithRoles(): Cluster {
  if (prepared) return prepared;
  const cluster = new Cluster(inject('kubeconfig'));
  const objects = documents(repository.files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object);
  const roles = objects.filter(({ apiVersion }) => apiVersion.startsWith(`${RBAC}/`));
  const namespaces = new Set([...NAMESPACES, ...roles.flatMap(({ metadata }) => metadata.namespace ?? [])]);
  cluster.applyAll(
    [...namespaces].map((name): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  cluster.applyAll(roles);
  fillView(cluster);
  prepared = cluster;
  return cluster;
}

suite('people', ['api-server', 'upstream', 'helm'], () => {
  test('[rbac-gateway] may do what their group is there for', () => {
    expect(clusterWithRoles().wrongAnswers(questions(ALLOWED), true)).toEqual([]);
  });

  test('[rbac-gateway] may do nothing that gives them more', () => {
    const asked = questions(DENIED);
    expect(clusterWithRoles().wrongAnswers(asked, false)).toEqual([]);
    console.log(`${asked.length} denials for ${GROUPS.length} groups of people`);
  });

  test('[rbac-gateway] have no rights at all where their group is not named', () => {
    const cluster = clusterWithRoles();
    const everybody = new Set(cluster.rulesOf([], 'kube-system').map(said));
    const more = (groups: string[], namespace: string) =>
      cluster.rulesOf(groups, namespace).filter((one) => !everybody.has(said(one)));
    const strangers = ['oidc:shop', 'oidc:shop-contractors', 'oidc:shop-leads', 'oidc:billing'].flatMap(
      (group) =>
        NAMESPACES.filter((namespace) => !HOMES[group]!.includes(namespace)).map((namespace) => ({
          group,
          namespace,
          rules: more([group], namespace),
        })),
    );
    expect(strangers.filter(({ rules }) => rules.length)).toEqual([]);
    expect(more(['oidc:shop'], 'shop')).not.toEqual([]);
    const writes = ({ verbs }: AccessRule) => verbs.some((verb) => !READ.split(' ').includes(verb));
    expect(NAMESPACES.flatMap((namespace) => more(['oidc:audit'], namespace)).filter(writes)).toEqual([]);
    expect(more(['oidc:audit'], 'shop')).not.toEqual([]);
    expect(more(['oidc:shop'], 'billing').filter(writes)).toEqual([]);
  });
});

suite('people with Cilium', ['api-server'], () => {
  test('[rbac-gateway] those on call see what isolates a pod, strip its labels, and write no policy', () => {
    const { files } = repositoryOf('on-call', {
      name: 'on-call',
      choices: { network: 'cilium', mesh: 'none' },
      inputs: { onCall: ['oidc:night'] },
      services: [
        { name: 'web', namespace: 'night', image: `ghcr.io/org/a@sha256:${'0'.repeat(64)}`, port: 8080 },
      ],
    });
    const cluster = new Cluster(inject('kubeconfig'));
    const roles = documents(files)
      .filter((one) => !notSent(one))
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name.startsWith('people:'));
    cluster.applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'night' } } as KubeObject]);
    cluster.applyAll(roles);
    const policies = ['networking.k8s.io/networkpolicies', 'cilium.io/ciliumnetworkpolicies'];
    const may: Row[] = [
      ['oidc:night', 'night', READ, policies],
      ['oidc:night', 'night', 'patch delete', ['pods']],
    ];
    expect(cluster.wrongAnswers(questions(may), true)).toEqual([]);
    const not: Row[] = [
      ...[undefined, 'night', 'gateway'].map((namespace): Row => ['oidc:night', namespace, WRITE, policies]),
      ['oidc:night', undefined, WRITE, ['cilium.io/ciliumclusterwidenetworkpolicies']],
    ];
    expect(cluster.wrongAnswers(questions(not), false)).toEqual([]);
  });
});

const HOMES: Record<string, string[]> = {
  'oidc:shop': ['shop', 'billing'],
  'oidc:shop-contractors': ['shop'],
  'oidc:shop-leads': ['shop'],
  'oidc:billing': ['billing'],
};

const said = (rule: AccessRule) => JSON.stringify(rule);
