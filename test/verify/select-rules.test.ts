import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/verify/model.ts';
import { readModel } from '../../src/verify/read.ts';
import { BROUGHT } from '../../src/verify/rules/select/brought.ts';
import { SELECT_RULES } from '../../src/verify/rules/select/index.ts';
import { selects } from '../../src/verify/selectors.ts';
import type { Files } from '../../src/types/files.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

const REPOSITORIES = {
  default: scenario('default').files,
  'other-options': scenario('other-options').files,
  'bookinfo-full': scenario('bookinfo-full').files,
  signed: scenario('signed').files,
  cilium: scenario('cilium').files,
};
type Name = keyof typeof REPOSITORIES;

const rule = (id: string): Rule => SELECT_RULES.find((one) => one.id === `select/${id}`)!;
const messages = (id: string, files: Files) =>
  [...rule(id).check(readModel(files, catalog))].map((one) => one.message);

/** A repository in which one value of one file is another. */
function broken(name: Name, file: string, edit: Edit | null, index = 0): Files {
  const files = new Map(REPOSITORIES[name]);
  const before = files.get(file);
  expect(before, file).toBeDefined();
  if (edit) {
    files.set(file, edited(before!, index, edit));
    expect(files.get(file)).not.toBe(edited(before!, index, { at: ['no-such-field'] }));
  } else files.delete(file);
  return files;
}

const SHOP = 'apps/api-service';
const LABELS = ['spec', 'template', 'metadata', 'labels', 'app'];
const POD = ['spec', 'template', 'spec'];
const CONTAINER = [...POD, 'containers', 0];
const JOB = ['spec', 'jobTemplate', ...POD];
const POLICIES = 'security/network-policies';
const GATEWAY = 'infrastructure/gateway/gateway.yaml';
const ALERTS = 'security/alerts/alerts.yaml';

/** Rule, repository, file, what is broken, and what is said; a document's number where it is not the first. */
const CASES: [string, Name, string, Edit | null, RegExp, number?][] = [
  [
    'reference',
    'signed',
    ALERTS,
    put(['metadata', 'name'], 'other'),
    /providerRef names Provider flux-system\/alerts/,
  ],
  [
    'secret',
    'signed',
    ALERTS,
    put(['spec', 'secretRef', 'name'], 'other'),
    /Provider flux-system\/alerts: secretRef names Secret flux-system\/other/,
  ],
  [
    'alert',
    'signed',
    ALERTS,
    put(['spec', 'eventSources', 0, 'name'], 'gone'),
    /Alert flux-system\/alerts: is about Kustomization flux-system\/gone, which does not exist/,
    1,
  ],
  ['alert', 'signed', ALERTS, put(['spec', 'suspend'], true), /Alert flux-system\/alerts: is suspended/, 1],
  ['alert', 'signed', ALERTS, put(['spec', 'providerRef', 'name'], 'other'), /no alert goes to it/, 1],
  [
    'pods',
    'default',
    `${SHOP}/deployment.yaml`,
    put(LABELS, 'renamed'),
    /AuthorizationPolicy shop\/allow-api-service: spec\.selector .* selects no pod of shop/,
  ],
  [
    'pods',
    'default',
    `${SHOP}/service.yaml`,
    put(['spec', 'selector', 'app'], 'other'),
    /^Service shop\/api-service: spec\.selector/,
  ],
  [
    'pods',
    'default',
    `${SHOP}/disruption-budget.yaml`,
    put(['spec', 'selector', 'matchLabels', 'app'], 'x'),
    /^PodDisruptionBudget/,
  ],
  [
    'peers',
    'default',
    `${POLICIES}/shop/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels', 'app'], 'nobody'),
    /spec\.ingress\.0\.from\.0 matches no pod/,
  ],
  [
    'peers',
    'default',
    `${POLICIES}/shop/allow-gateway.yaml`,
    put(
      ['spec', 'ingress', 0, 'from', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'],
      'edge',
    ),
    /matches no pod/,
  ],
  [
    'peers',
    'cilium',
    `${POLICIES}/bank/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'fromEndpoints'], [{ matchLabels: { app: 'web' } }]),
    /without the label k8s:io\.kubernetes\.pod\.namespace it is of bank, and such pods are in shop/,
  ],
  [
    'ignored-label',
    'cilium',
    `${POLICIES}/bank/allow-egress.yaml`,
    put(['spec', 'endpointSelector', 'matchLabels', 'pod-template-hash'], '7d9'),
    /selects by pod-template-hash, which Cilium ignores/,
  ],
  [
    'own-pods',
    'default',
    `${SHOP}/deployment.yaml`,
    put(['spec', 'selector', 'matchLabels', 'app'], 'x'),
    /does not select its own pods/,
  ],
  [
    'port',
    'default',
    `${SHOP}/service.yaml`,
    put(['spec', 'ports', 0, 'targetPort'], 9999),
    /port 8080 leads to 9999\/TCP/,
  ],
  [
    'port',
    'default',
    `${SHOP}/service.yaml`,
    put(['spec', 'ports', 0, 'targetPort'], 'nameless'),
    /leads to nameless/,
  ],
  [
    'port',
    'other-options',
    'apps/telemetry/service.yaml',
    put(['spec', 'ports', 1, 'protocol'], 'TCP'),
    /leads to 8125\/TCP/,
  ],
  [
    'target',
    'default',
    'infrastructure/gateway/gateway.yaml',
    put(['spec', 'infrastructure', 'parametersRef', 'name'], 'x'),
    /parametersRef names ConfigMap gateway\/x/,
  ],
  [
    'target',
    'default',
    'security/zero-trust/gateway.yaml',
    put(['spec', 'targetRefs', 0, 'name'], 'x'),
    /targetRefs names Gateway gateway\/x/,
  ],
  [
    'target',
    'other-options',
    'infrastructure/gateway/clients.yaml',
    put(['spec', 'targetRefs', 0, 'name'], 'x'),
    /ClientTrafficPolicy/,
  ],
  [
    'listener',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'parentRefs', 0, 'name'], 'x'),
    /names Gateway x, which nobody brings/,
  ],
  [
    'listener',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'parentRefs', 0, 'sectionName'], 'x'),
    /has no listener x/,
  ],
  [
    'listener',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'hostnames', 0], 'www.example.org'),
    /no listener of Gateway gateway\/public takes routes of shop for www/,
  ],
  [
    'listener',
    'default',
    'infrastructure/gateway/gateway.yaml',
    put(
      ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'],
      ['web'],
    ),
    /takes routes of shop/,
  ],
  [
    'listener',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'parentRefs', 0, 'sectionName'], 'http'),
    /no listener .* takes routes of shop/,
  ],
  [
    'backend',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'backendRefs', 0, 'name'], 'x'),
    /a backend is Service shop\/x/,
  ],
  [
    'backend',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'backendRefs', 0, 'port'], 81),
    /api-service has no port 81/,
  ],
  [
    'backend',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'backendRefs', 0], { name: 'public', namespace: 'gateway', port: 80 }),
    /Service gateway\/public, which nobody/,
  ],
  [
    'reference-grant',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'backendRefs', 0, 'namespace'], 'ledger'),
    /HTTPRoute shop\/api-service: names Service ledger\/api-service, and no ReferenceGrant in ledger lets HTTPRoute of shop/,
  ],
  [
    'reference-grant',
    'default',
    GATEWAY,
    put(['spec', 'listeners', 1, 'tls', 'certificateRefs', 0, 'namespace'], 'shop'),
    /Gateway gateway\/public: names Secret shop\/.*, and no ReferenceGrant in shop lets Gateway of gateway/,
  ],
  [
    'certificate',
    'default',
    'security/certificates/api.example.com.yaml',
    put(['spec', 'dnsNames'], ['shop.example.com']),
    /listener https-api.example.com serves api.example.com, its certificate is of shop/,
  ],
  [
    'gateway-class',
    'default',
    'infrastructure/gateway/gateway.yaml',
    put(['spec', 'gatewayClassName'], 'nginx'),
    /GatewayClass nginx, which nobody brings/,
  ],
  [
    'gateway-class',
    'other-options',
    'infrastructure/gateway/gateway.yaml',
    put(['spec', 'gatewayClassName'], 'istio'),
    /GatewayClass istio, which nobody brings/,
  ],
  [
    'secret',
    'default',
    'security/certificates/api.example.com.yaml',
    put(['spec', 'secretName'], 'x'),
    /certificateRefs names Secret gateway\/api.example.com-tls/,
  ],
  [
    'secret',
    'other-options',
    'apps/database/statefulset.yaml',
    put([...CONTAINER, 'env', 0, 'valueFrom', 'secretKeyRef', 'name'], 'x'),
    /secretKeyRef names Secret ledger\/x/,
  ],
  [
    'secret',
    'other-options',
    'apps/database/statefulset.yaml',
    put([...CONTAINER, 'env', 0, 'valueFrom', 'secretKeyRef', 'key'], 'x'),
    /reads key x of Secret ledger\/database-root/,
  ],
  [
    'secret',
    'other-options',
    'security/certificates/issuer-letsencrypt.yaml',
    put(['spec', 'acme', 'solvers', 0, 'dns01', 'cloudflare', 'apiTokenSecretRef', 'name'], 'x'),
    /Secret cert-manager\/x/,
  ],
  [
    'secret',
    'default',
    'security/falco/falco.yaml',
    put(['spec', 'values', 'falcosidekick', 'config', 'extraEnv', 0, 'valueFrom', 'secretKeyRef'], {
      name: 'x',
      key: 'y',
    }),
    /Secret falco\/x/,
    1,
  ],
  ['config-map', 'other-options', 'apps/config/ledger-reporting.yaml', null, /ConfigMap ledger\/reporting/],
  [
    'config-map',
    'other-options',
    'apps/web/deployment.yaml',
    put([...CONTAINER, 'env', 6, 'valueFrom', 'configMapKeyRef', 'key'], 'x'),
    /reads key x of ConfigMap web\/web-settings/,
  ],
  [
    'service-account',
    'default',
    `${SHOP}/service-account.yaml`,
    null,
    /serviceAccountName names ServiceAccount shop\/api-service/,
  ],
  [
    'service-account',
    'default',
    'clusters/my-cluster/apps.yaml',
    put(['spec', 'serviceAccountName'], 'x'),
    /ServiceAccount flux-system\/x/,
  ],
  [
    'subject',
    'default',
    'security/scanning/rbac.yaml',
    put(['subjects', 0, 'name'], 'x'),
    /subjects names ServiceAccount kube-bench\/x/,
    3,
  ],
  [
    'role',
    'default',
    'security/rbac/flux-apps.yaml',
    put(['roleRef', 'name'], 'x'),
    /roleRef names ClusterRole x/,
    2,
  ],
  [
    'principal',
    'default',
    'security/zero-trust/allow-frontend.yaml',
    put(['spec', 'rules', 0, 'from', 0, 'source', 'principals', 0], 'cluster.local/ns/gateway/sa/public'),
    /ServiceAccount gateway\/public, which nobody brings/,
  ],
  [
    'principal',
    'default',
    'security/zero-trust/allow-frontend.yaml',
    put(['spec', 'rules', 0, 'from', 0, 'source', 'principals', 0], 'other.org/ns/gateway/sa/public-istio'),
    /trust domain other.org/,
  ],
  [
    'principal',
    'default',
    'security/zero-trust/allow-frontend.yaml',
    put(['spec', 'rules', 0, 'from', 0, 'source'], { namespaces: ['edge'] }),
    /names edge/,
  ],
  [
    'solver',
    'other-options',
    'security/certificates/issuer-letsencrypt.yaml',
    put(['spec', 'acme', 'solvers', 0, 'selector', 'dnsZones'], ['acme.test']),
    /no solver is for it/,
    1,
  ],
  [
    'solver',
    'other-options',
    'security/certificates/issuer-letsencrypt.yaml',
    put(['spec', 'acme', 'solvers', 0], { http01: {} }),
    /none of its solvers can prove a wildcard/,
    1,
  ],
  [
    'issuer',
    'default',
    'security/certificates/api.example.com.yaml',
    put(['spec', 'issuerRef', 'name'], 'x'),
    /ClusterIssuer x/,
  ],
  [
    'issuer',
    'default',
    'security/certificates/api.example.com.yaml',
    put(['spec', 'issuerRef', 'kind'], 'Issuer'),
    /Issuer gateway\/letsencrypt-staging/,
  ],
  [
    'policy',
    'other-options',
    'security/kyverno/exceptions/database.yaml',
    put(['spec', 'policyRefs', 0, 'name'], 'x'),
    /policyRefs names ValidatingPolicy x/,
  ],
  [
    'exception',
    'other-options',
    'security/kyverno/exceptions/database.yaml',
    put(['spec', 'matchConditions', 1, 'expression'], "object.metadata.namespace == 'web'"),
    /no pod of web is \{"app":"database"\}/,
  ],
  [
    'exception',
    'other-options',
    'security/kyverno/exceptions/database.yaml',
    remove(['spec', 'matchConditions', 2]),
    /does not bind it to a namespace and to labels/,
  ],
  [
    'exception',
    'other-options',
    'security/kyverno/exceptions/database.yaml',
    null,
    /ledger\/database starts as root .* no PolicyException/,
  ],
  ['namespace', 'default', 'infrastructure/namespaces/shop.yaml', null, /metadata.namespace names shop/],
  [
    'namespace',
    'default',
    'infrastructure/controllers/kyverno/kyverno.yaml',
    put(['spec', 'targetNamespace'], 'x'),
    /targetNamespace names Namespace x/,
    1,
  ],
  [
    'reference',
    'other-options',
    'apps/database/statefulset.yaml',
    put(['spec', 'serviceName'], 'x'),
    /serviceName names Service ledger\/x/,
  ],
  [
    'default-deny',
    'default',
    `${POLICIES}/shop/default-deny.yaml`,
    null,
    /namespace shop: no policy denies ingress and egress/,
  ],
  [
    'default-deny',
    'default',
    `${POLICIES}/falco/default-deny.yaml`,
    put(['spec', 'policyTypes'], ['Ingress']),
    /namespace falco: no policy denies egress/,
  ],
  [
    'default-deny',
    'default',
    `${POLICIES}/shop/default-deny.yaml`,
    put(['spec', 'podSelector'], { matchLabels: { app: 'frontend' } }),
    /namespace shop/,
  ],
  ['mesh-deny', 'default', 'security/zero-trust/default-deny.yaml', null, /namespace shop is in the mesh/],
  [
    'mesh-deny',
    'default',
    'security/zero-trust/default-deny.yaml',
    put(['spec'], { rules: [{}] }),
    /namespace shop is in the mesh/,
  ],
  [
    'pod-security',
    'default',
    'infrastructure/namespaces/shop.yaml',
    remove(['metadata', 'labels', 'pod-security.kubernetes.io/enforce']),
    /Namespace shop: has no label/,
  ],
  [
    'pod-security',
    'default',
    'infrastructure/namespaces/shop.yaml',
    put(['metadata', 'labels', 'pod-security.kubernetes.io/enforce'], 'strict'),
    /is strict, which is no level/,
  ],
  [
    'identity',
    'default',
    `${SHOP}/deployment.yaml`,
    remove([...POD, 'serviceAccountName']),
    /runs as the account default/,
  ],
  [
    'identity',
    'default',
    `${SHOP}/deployment.yaml`,
    put([...POD, 'serviceAccountName'], 'frontend'),
    /runs as frontend; in zero-trust.yaml it is api-service/,
  ],
  [
    'workload',
    'default',
    `${SHOP}/deployment.yaml`,
    null,
    /declares the service api-service, but no Deployment shop\/api-service/,
  ],
  ['workload', 'default', `${SHOP}/deployment.yaml`, put(LABELS, 'x'), /its pods do not carry/],
  ['workload', 'default', `${SHOP}/service.yaml`, null, /no Service shop\/api-service/],
  [
    'workload',
    'default',
    `${SHOP}/service.yaml`,
    put(['spec', 'selector'], {}),
    /does not select the pods of api-service/,
  ],
  [
    'workload',
    'default',
    `${SHOP}/service.yaml`,
    put(['spec', 'ports', 0, 'port'], 81),
    /port 8080\/TCP of zero-trust.yaml is missing/,
  ],
  [
    'exposure',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'matches', 0, 'path', 'value'], '/'),
    /opens api.example.com\/ → shop\/api-service:8080, which zero-trust.yaml does not declare/,
  ],
  [
    'exposure',
    'default',
    `${SHOP}/route.yaml`,
    null,
    /zero-trust.yaml declares api.example.com\/api → shop\/api-service:8080, which no route opens/,
  ],
  [
    'exposure',
    'default',
    `${SHOP}/route.yaml`,
    put(['spec', 'rules', 0, 'backendRefs', 0, 'name'], 'backend-service'),
    /backend-service/,
  ],
  [
    'disruption-budget',
    'default',
    `${SHOP}/disruption-budget.yaml`,
    null,
    /the service api-service has several pods and no PodDisruptionBudget/,
  ],
  [
    'disruption-budget',
    'default',
    `${SHOP}/disruption-budget.yaml`,
    put(['spec', 'selector'], {}),
    /selects every pod of shop/,
  ],
  [
    'release',
    'default',
    'infrastructure/controllers/istio/istiod.yaml',
    null,
    /nothing installs istiod in istio-system/,
  ],
  [
    'volume',
    'default',
    'security/scanning/kube-bench.yaml',
    put(['spec', 'jobTemplate', ...POD, 'containers', 0, 'volumeMounts', 0, 'name'], 'x'),
    /mounts x, which is no volume/,
  ],
  [
    'probe',
    'default',
    `${SHOP}/deployment.yaml`,
    put([...CONTAINER, 'readinessProbe', 'httpGet', 'port'], 9),
    /readinessProbe of container api-service asks port 9/,
  ],
  [
    'probe',
    'other-options',
    'apps/accounts/deployment.yaml',
    put([...CONTAINER, 'livenessProbe', 'grpc', 'port'], 9),
    /livenessProbe/,
  ],
  [
    'listener-port',
    'default',
    'infrastructure/gateway/gateway.yaml',
    put(['spec', 'listeners', 1, 'port'], 444),
    /takes HTTPS on port 444, clients ask 443/,
  ],
  [
    'certificate',
    'default',
    'infrastructure/gateway/gateway.yaml',
    remove(['spec', 'listeners', 1, 'tls']),
    /listener https-api.example.com has no certificate/,
  ],
  [
    'target',
    'default',
    'security/certificates/issuer-letsencrypt.yaml',
    put(['spec', 'acme', 'solvers', 0, 'http01', 'gatewayHTTPRoute', 'parentRefs', 0, 'name'], 'x'),
    /parentRefs names Gateway gateway\/x/,
  ],
  [
    'subject',
    'default',
    'security/scanning/rbac.yaml',
    put(['subjects'], []),
    /grants its role to nobody/,
    3,
  ],
  [
    'role',
    'default',
    'security/scanning/rbac.yaml',
    put(['rules'], []),
    /ClusterRole kube-bench-cluster: has no rules/,
    2,
  ],
  [
    'exception',
    'other-options',
    'security/kyverno/exceptions/database.yaml',
    put(['metadata', 'namespace'], 'ledger'),
    /exceptions count in the namespace kyverno only/,
  ],
  [
    'port',
    'other-options',
    'apps/ledger/deployment-canary.yaml',
    put([...CONTAINER, 'ports', 0, 'containerPort'], 8081),
    /port 8080 leads to 8080\/TCP/,
  ],
  [
    'pods',
    'default',
    'security/scanning/kube-bench.yaml',
    put(['spec', 'jobTemplate', ...LABELS.slice(0, 4), 'app.kubernetes.io/component'], 'x'),
    /NetworkPolicy kube-bench\/[\w-]+: spec.podSelector .* selects no pod/,
    2,
  ],
  [
    'subject',
    'default',
    'security/scanning/rbac.yaml',
    remove(['subjects', 0, 'namespace']),
    /the subject kube-bench-cluster has no namespace/,
    3,
  ],
  [
    'optional',
    'default',
    `${SHOP}/deployment.yaml`,
    put([...POD, 'volumes', 0, 'secret', 'secretName'], 'app-credential'),
    /secret names Secret shop\/app-credential, which nobody brings/,
  ],
  [
    'port-name',
    'default',
    `${POLICIES}/shop/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'ports', 0, 'port'], 'no-such-port'),
    /spec.ingress.0 names the port no-such-port/,
  ],
  [
    'port-name',
    'other-options',
    `${POLICIES}/cert-manager/allow-platform.yaml`,
    put(['spec', 'egress', 0, 'ports', 0, 'port'], 'https'),
    /spec.egress.0 names the port https/,
  ],
  [
    'spread',
    'default',
    'infrastructure/controllers/istio/istiod.yaml',
    put(
      ['spec', 'values', 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels', 'app'],
      'istiod-old',
    ),
    /topologySpreadConstraints.0.labelSelector .* selects no pod/,
    1,
  ],
  [
    'spread',
    'default',
    `${SHOP}/deployment.yaml`,
    put([...POD, 'topologySpreadConstraints'], [{ labelSelector: { matchLabels: { app: 'x' } } }]),
    /topologySpreadConstraints.0.labelSelector/,
  ],
  [
    'platform',
    'default',
    'security/scanning/kube-bench.yaml',
    put([...JOB, 'serviceAccountName'], 'kube-bench'),
    /kube-bench-cluster: runs as kube-bench; declared is kube-bench-cluster/,
    2,
  ],
];

describe('a broken repository', () => {
  it.each(CASES)('%s, %s, %s', (id, name, file, edit, said, index) => {
    const found = messages(id, broken(name, file, edit, index));
    expect(found.join('\n')).toMatch(said);
  });

  it('has a case for every rule', () => {
    const tried = new Set(CASES.map(([id]) => `select/${id}`));
    expect(SELECT_RULES.map((one) => one.id).filter((id) => !tried.has(id))).toEqual([]);
  });

  it('a hit says file, line and object', () => {
    const files = broken('default', `${SHOP}/route.yaml`, put(['spec', 'parentRefs', 0, 'sectionName'], 'x'));
    const [hit] = [...rule('listener').check(readModel(files, catalog))];
    expect(hit).toMatchObject({ file: `${SHOP}/route.yaml`, object: 'HTTPRoute shop/api-service' });
    expect(files.get(hit!.file)!.split('\n')[hit!.position!.line - 1]).toContain('sectionName');
  });
});

describe('what is fine', () => {
  it.each(Object.entries(REPOSITORIES))('%s', (_, files) => {
    const model = readModel(files, catalog);
    expect(SELECT_RULES.flatMap((one) => [...one.check(model)].map((hit) => [one.id, hit.message]))).toEqual(
      [],
    );
  });

  it('pods start without an optional reference', () => {
    const at = [...CONTAINER, 'env', 0];
    const to = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'y', optional: true } } };
    const files = broken('other-options', 'apps/database/statefulset.yaml', put(at, to));
    expect(messages('secret', files)).toEqual([]);
    expect(messages('optional', files)).toHaveLength(1);
  });

  it('a port by the name that the containers give it, and pods that no file shows', () => {
    const policy = `${POLICIES}/shop/allow-inter-service.yaml`;
    const port = ['spec', 'ingress', 0, 'ports', 0, 'port'];
    expect(messages('port-name', broken('default', policy, put(port, 'http')))).toEqual([]);
    const dns = `${POLICIES}/shop/allow-dns.yaml`;
    const named = broken('default', dns, put(['spec', 'egress', 0, 'ports', 0, 'port'], 'dns'));
    expect(messages('port-name', named)).toEqual([]);
  });

  it("labels of a chart's pods that nobody here knows", () => {
    const at = ['spec', 'values', 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels'];
    const file = 'infrastructure/controllers/istio/istiod.yaml';
    expect(messages('spread', broken('default', file, put(at, { istio: 'pilot' }), 1))).toEqual([]);
  });

  it('a Service without selector, and a policy for every pod', () => {
    const files = broken('default', `${SHOP}/service.yaml`, remove(['spec', 'selector']));
    expect(messages('pods', files)).toEqual([]);
  });

  it("a policy of the mesh's root namespace is for every namespace", () => {
    const to = { matchLabels: { app: 'frontend' } };
    const file = 'security/zero-trust/mutual-tls.yaml';
    expect(messages('pods', broken('default', file, put(['spec', 'selector'], to)))).toEqual([]);
  });

  it('a class of a controller that is not installed is not there', () => {
    const files = broken('default', 'infrastructure/controllers/istio/istiod.yaml', null);
    const list = 'infrastructure/controllers/istio/kustomization.yaml';
    files.set(list, files.get(list)!.replace('  - istiod.yaml\n', ''));
    expect(messages('gateway-class', files)).toEqual([expect.stringMatching('GatewayClass istio')]);
  });

  it('a namespace whose network stage is audit needs no default deny', () => {
    const files = REPOSITORIES['other-options'];
    expect([...files.keys()]).not.toContain(`${POLICIES}/sandbox/default-deny.yaml`);
    expect(messages('default-deny', files)).toEqual([]);
  });

  it('what others bring has a reason', () => {
    expect(BROUGHT.filter((one) => one.reason.length < 20)).toEqual([]);
  });
});

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
describe('selectors', () => {
  const expression = (operator: string, values?: string[]) => ({
    matchExpressions: [{ key: 'a', operator, values }],
  });

  it.each([
    ['an empty selector selects everything', {}, {}, true],
    ['labels: all must agree', { matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
    ['In', expression('In', ['1', '2']), { a: '2' }, true],
    ['In, without the label', expression('In', ['1']), {}, false],
    ['NotIn', expression('NotIn', ['1']), { a: '1' }, false],
    ['NotIn selects what lacks the label', expression('NotIn', ['1']), {}, true],
    ['Exists', expression('Exists'), { a: '' }, true],
    ['DoesNotExist', expression('DoesNotExist'), { a: '' }, false],
    ['labels and expressions: both', { matchLabels: { b: '1' }, ...expression('Exists') }, { a: '1' }, false],
    ['an unknown operator selects nothing', expression('Like', ['1']), { a: '1' }, false],
  ])('%s', (_, selector, labels, selected) => {
    expect(selects(selector, labels as Record<string, string>)).toBe(selected);
  });
});
