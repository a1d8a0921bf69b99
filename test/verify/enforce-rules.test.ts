import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/verify/model.ts';
import { readModel } from '../../src/verify/read.ts';
import { ENFORCE_RULES } from '../../src/verify/rules/enforce/index.ts';
import { parseImage } from '../../src/verify/rules/enforce/images.ts';
import { suppress } from '../../src/verify/suppress.ts';
import type { Files } from '../../src/types/files.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { repositoryOf, scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';
import { GATEWAY_CASES } from './gateway-cases.ts';
import { GATEKEEPER_CASES } from './gatekeeper-cases.ts';

const REPOSITORIES = {
  default: scenario('default').files,
  'other-options': scenario('other-options').files,
  signed: scenario('signed').files,
  cilium: scenario('cilium').files,
  'cilium with istio': repositoryOf('both', { name: 'both', choices: { network: 'cilium' } }).files,
  'gateway-controls': scenario('gateway-controls').files,
  'gateway-controls-envoy': scenario('gateway-controls-envoy').files,
  tenants: scenario('tenants').files,
  tunnel: scenario('tunnel').files,
  gke: scenario('gke').files,
};
type Name = keyof typeof REPOSITORIES;
const TODAY = '2026-11-26';

const rule = (id: string): Rule => ENFORCE_RULES.find((one) => one.id === `enforce/${id}`)!;
const messages = (id: string, files: Files, today = TODAY) =>
  [...rule(id).check({ ...readModel(files, catalog), today })].map((one) => one.message);

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

/** The repository with one more file in the layer of the services. */
function withObject(text: string, name: Name = 'default'): Files {
  const list = REPOSITORIES[name].get('apps/kustomization.yaml')!;
  return new Map([
    ...REPOSITORIES[name],
    ['apps/extra.yaml', text],
    ['apps/kustomization.yaml', `${list}  - extra.yaml\n`],
  ]);
}

const API = 'apps/api-service/deployment.yaml';
const ROUTE = 'apps/api-service/route.yaml';
const POD = ['spec', 'template', 'spec'];
const META = ['spec', 'template', 'metadata'];
const CONTAINER = [...POD, 'containers', 0];
const SECURITY = [...CONTAINER, 'securityContext'];
const POLICY = 'security/kyverno/read-only-root.yaml';
const EXCEPTION = 'security/kyverno/exceptions/database.yaml';
const NAMESPACE = 'infrastructure/namespaces/shop.yaml';
const EGRESS = 'security/network-policies/web/allow-egress.yaml';
const CILIUM_EGRESS = 'security/network-policies/shop/allow-egress.yaml';
const OUT = ['spec', 'egress'];
const QUOTA = 'infrastructure/namespaces/quotas/shop.yaml';
const HARD = ['spec', 'hard'];
const LEVEL = (mode: string) => ['metadata', 'labels', `pod-security.kubernetes.io/${mode}`];
const GATEWAY = 'infrastructure/gateway/gateway.yaml';
const EXCLUDED = ['matchConstraints', 'namespaceSelector', 'matchExpressions', 0, 'values'];
const PEOPLE = 'security/rbac/people';
const ROLES = 'security/rbac/flux-apps.yaml';
const FLUX = 'clusters/my-cluster/flux-system/kustomization.yaml';
const KYVERNO = 'infrastructure/controllers/kyverno/kyverno.yaml';

const ISTIOD = 'infrastructure/controllers/istio/istiod.yaml';
const MESH = ['spec', 'values', 'meshConfig'];
const KUBE_BENCH = 'security/scanning/kube-bench.yaml';
const JOB = ['spec', 'jobTemplate', ...POD];

const SIGNATURES = 'security/kyverno/image-signatures.yaml';
const IDENTITY = ['spec', 'attestors', 0, 'cosign', 'keyless', 'identities', 0];
const FALCO = 'security/falco/falco.yaml';
const OIDC = ['spec', 'verify', 'matchOIDCIdentity', 0];

/** Rule, repository, file, what is broken, and what is said; a document's number where it is not the first. */
const CASES: [string, Name, string, Edit | null, RegExp, number?][] = [
  [
    'rbac-group',
    'tenants',
    `${PEOPLE}/viewer.yaml`,
    put(['subjects', 0, 'name'], 'oidc:everyone'),
    /grants to the group oidc:everyone, which zero-trust.yaml does not declare for billing/,
  ],
  // A group of one namespace has nothing to do in another.
  [
    'rbac-group',
    'tenants',
    `${PEOPLE}/viewer.yaml`,
    put(['subjects', 0, 'name'], 'oidc:shop-leads'),
    /does not declare for billing/,
  ],
  [
    'rbac-group',
    'tenants',
    `${PEOPLE}/viewer.yaml`,
    put(['subjects', 0], { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ann' }),
    /grants to the user ann/,
  ],
  [
    'rbac-escalation',
    'tenants',
    `${PEOPLE}/developer.yaml`,
    put(['rules', 0], { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] }),
    /people:developer: rule 1 lets its subjects run commands in pods/,
  ],
  [
    'metadata-address',
    'other-options',
    EGRESS,
    put(OUT, [{ to: [{ ipBlock: { cidr: '169.254.0.0/16' } }] }]),
    /NetworkPolicy web\/allow-egress-web: egress rule 1 opens 169.254.169.254/,
  ],
  [
    'metadata-address',
    'other-options',
    EGRESS,
    put(OUT, [
      { to: [{ ipBlock: { cidr: '::/0', except: ['fe80::/10'] } }], ports: [{ port: 1, endPort: 99 }] },
    ]),
    /egress rule 1 opens fd00:ec2::254/,
  ],
  ['metadata-address', 'other-options', EGRESS, put(OUT, [{}]), /opens 169.254.169.254/],
  [
    'metadata-address',
    'other-options',
    EGRESS,
    put(OUT, [{ ports: [{ port: 80 }] }]),
    /opens 169.254.169.254/,
  ],
  [
    'metadata-address',
    'cilium',
    CILIUM_EGRESS,
    put(OUT, [{ toEntities: ['world'] }]),
    /CiliumNetworkPolicy shop\/.*: egress rule 1 opens 169.254.169.254/,
  ],
  ['metadata-address', 'cilium', CILIUM_EGRESS, put(OUT, [{ toCIDR: ['169.254.169.254/32'] }]), /opens 169/],
  [
    'metadata-address',
    'cilium',
    CILIUM_EGRESS,
    put(OUT, [{ toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }] }]),
    /opens 169/,
  ],
  [
    'metadata-address',
    'cilium',
    CILIUM_EGRESS,
    put(OUT, [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }]),
    /opens 169/,
  ],
  [
    'quota',
    'tenants',
    QUOTA,
    null,
    /namespace shop: its quota does not limit services.loadbalancers, declared is 0/,
  ],
  [
    'quota',
    'tenants',
    QUOTA,
    remove([...HARD, 'services.nodeports']),
    /does not limit services.nodeports, declared is 0/,
  ],
  [
    'quota',
    'tenants',
    QUOTA,
    put([...HARD, 'services.loadbalancers'], '1'),
    /lets services.loadbalancers be 1/,
  ],
  [
    'quota',
    'tenants',
    QUOTA,
    put([...HARD, 'requests.cpu'], '901m'),
    /lets requests.cpu be 901m, declared is 900m/,
  ],
  ['quota', 'tenants', QUOTA, put([...HARD, 'requests.memory'], '1Pi'), /lets requests.memory be 1Pi/],
  ['quota', 'default', QUOTA, put([...HARD, 'pods'], 1e9), /lets pods be 1000000000/],
  // Such a quota counts none of the pods that run on.
  ['quota', 'tenants', QUOTA, put(['spec', 'scopes'], ['Terminating']), /does not limit pods/],
  [
    'policy-stage',
    'default',
    POLICY,
    put(['spec', 'validationActions'], ['Audit']),
    /ValidatingPolicy read-only-root: only does Audit in shop/,
  ],
  ['policy-stage', 'default', POLICY, put(['spec', 'validationActions'], ['Warn']), /only does Warn in shop/],
  [
    'policy-stage',
    'default',
    POLICY,
    put(['spec', 'evaluation'], { admission: { enabled: false } }),
    /in shop, where the stage is enforce/,
  ],
  [
    'signatures',
    'signed',
    SIGNATURES,
    put(['spec', 'matchImageReferences'], [{ glob: 'ghcr.io/acne/*' }]),
    /ImageValidatingPolicy image-signatures: its patterns match no image of the repository, nor any that is to be signed/,
  ],
  [
    'signatures',
    'signed',
    SIGNATURES,
    put(['spec', 'validationConfigurations', 'required'], false),
    /lets an image pass that nobody has verified/,
  ],
  [
    'policy-missing',
    'signed',
    SIGNATURES,
    put(['spec', 'validations', 0, 'expression'], 'images.containers.size() > 0'),
    /no policy refuses pods in shop unless images of the own registry are signed/,
  ],
  [
    'policy-stage',
    'signed',
    SIGNATURES,
    put(['spec', 'validationActions'], ['Audit']),
    /only does Audit in shop/,
  ],
  [
    'signer',
    'signed',
    SIGNATURES,
    put([...IDENTITY, 'subjectRegExp'], 'https://github[.]com/acme/'),
    /attestor signer: subjectRegExp https:\S+ is not anchored/,
  ],
  [
    'signer',
    'signed',
    SIGNATURES,
    put([...IDENTITY, 'subjectRegExp'], '^https://github[.]com/acme/.+$|^.+$'),
    /is not anchored/,
  ],
  ['signer', 'signed', SIGNATURES, remove([...IDENTITY, 'issuer']), /no issuer: anybody's fits/],
  [
    'signer',
    'signed',
    SIGNATURES,
    put(IDENTITY, { issuer: 'https://issuer.example', subject: 'https://github.com/acme/*' }),
    /subject is an exact text/,
  ],
  ['signer', 'signed', SIGNATURES, put(IDENTITY.slice(0, -1), []), /takes a signature of anybody/],
  [
    'signer',
    'default',
    FALCO,
    put([...OIDC, 'subject'], '^https://github.com/acme/'),
    /the subject \S+ is not anchored/,
  ],
  ['signer', 'default', FALCO, put([...OIDC, 'issuer'], '^.*$'), /the issuer \S+ is not anchored/],
  [
    'signer',
    'default',
    FALCO,
    put(['spec', 'verify'], { provider: 'cosign' }),
    /names neither key nor identity/,
  ],
  [
    'policy-scope',
    'default',
    POLICY,
    put(['spec', ...EXCLUDED, 0], 'shop'),
    /leaves the namespace shop alone/,
  ],
  [
    'policy-scope',
    'default',
    POLICY,
    put(['spec', ...EXCLUDED, 0], 'default'),
    /leaves the namespace default alone/,
  ],
  [
    'policy-scope',
    'default',
    POLICY,
    put(['spec', 'matchConstraints', 'objectSelector'], { matchLabels: { checked: 'yes' } }),
    /objects choose by their labels/,
  ],
  [
    'policy-scope',
    'default',
    KYVERNO,
    put(
      ['spec', 'values', 'config', 'webhooks', 'namespaceSelector', 'matchExpressions', 0, 'values', 0],
      'shop',
    ),
    /the webhook is not asked about the namespace shop/,
    1,
  ],
  [
    'policy-scope',
    'default',
    KYVERNO,
    put(['spec', 'values', 'features', 'policyExceptions', 'namespace'], '*'),
    /takes exceptions from every namespace/,
    1,
  ],
  [
    'policy-missing',
    'default',
    POLICY,
    null,
    /no policy refuses pods in shop unless root file systems are read-only/,
  ],
  [
    'policy-missing',
    'default',
    POLICY,
    put(['spec', 'matchConstraints', 'resourceRules', 0, 'operations'], ['CREATE']),
    /root file systems/,
  ],
  [
    'policy-missing',
    'default',
    POLICY,
    put(['spec', 'validations', 0, 'expression'], 'true'),
    /root file systems/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/require-digest.yaml',
    null,
    /unless images are named by digest/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/no-mesh-opt-out.yaml',
    remove(['spec', 'validations', 4]),
    /unless pods stay in the mesh/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/debug-containers.yaml',
    null,
    /unless debug containers keep the rules/,
  ],
  ['policy-missing', 'default', 'security/kyverno/require-labels.yaml', null, /label app/],
  [
    'policy-lists',
    'default',
    'security/kyverno/allowed-registries.yaml',
    put(['spec', 'variables', 1, 'expression'], "['ghcr.io/stefanprodan', 'docker.io/library']"),
    /registries lists docker.io\/library/,
  ],
  [
    'policy-lists',
    'default',
    'security/kyverno/require-digest.yaml',
    put(['spec', 'variables', 0, 'expression'], "['evil']"),
    /injected lists evil/,
  ],
  [
    'policy-lists',
    'default',
    'infrastructure/controllers/istio/istiod.yaml',
    put(['spec', 'ref', 'tag'], '1.31.2'),
    /injected does not list docker.io\/istio\/proxyv2:1.31.2-distroless/,
  ],
  ['failure-policy', 'default', POLICY, put(['spec', 'failurePolicy'], 'Ignore'), /failurePolicy is Ignore/],
  ['exception', 'other-options', EXCEPTION, remove(['spec', 'properties', 'owner']), /says no owner/],
  ['exception', 'other-options', EXCEPTION, put(['spec', 'properties', 'reason'], ' '), /says no reason/],
  ['exception', 'other-options', EXCEPTION, remove(['spec', 'expiresAt']), /has no date in spec.expiresAt/],
  ['exception', 'other-options', EXCEPTION, put(['spec', 'expiresAt'], 'soon'), /has no date/],
  [
    'exception',
    'other-options',
    EXCEPTION,
    put(['spec', 'expiresAt'], '2030-01-01T00:00:00Z'),
    /ends 2030-01-01, by zero-trust.yaml on 2027-03-31/,
  ],
  [
    'exception',
    'other-options',
    EXCEPTION,
    put(['spec', 'matchConditions', 0, 'expression'], "time.now() < timestamp('2030-01-01T00:00:00Z')"),
    /by its conditions/,
  ],
  [
    'expired',
    'other-options',
    EXCEPTION,
    put(['spec', 'expiresAt'], '2026-11-25T00:00:00Z'),
    /ended on 2026-11-25/,
  ],
  [
    'pod-security-level',
    'default',
    NAMESPACE,
    put(LEVEL('enforce'), 'baseline'),
    /enforce is baseline, declared is restricted/,
  ],
  ['pod-security-level', 'default', NAMESPACE, put(LEVEL('audit'), 'privileged'), /audit is privileged/],
  ['pod-security-level', 'default', NAMESPACE, remove(LEVEL('warn')), /warn is missing/],
  [
    'pod-security-level',
    'default',
    NAMESPACE,
    put(LEVEL('enforce-version'), 'v1.25'),
    /enforce-version is v1.25, declared is v1.36/,
  ],
  [
    'hardening',
    'default',
    API,
    remove([...POD, 'securityContext', 'runAsNonRoot']),
    /container api-service may run as root/,
  ],
  ['hardening', 'default', API, put([...SECURITY, 'runAsNonRoot'], false), /may run as root/],
  ['hardening', 'default', API, put([...SECURITY, 'runAsUser'], 0), /runs as user 0/],
  [
    'hardening',
    'default',
    API,
    put([...POD, 'securityContext', 'seccompProfile', 'type'], 'Unconfined'),
    /has no seccomp profile/,
  ],
  ['hardening', 'default', API, remove([...SECURITY, 'allowPrivilegeEscalation']), /may gain rights/],
  [
    'hardening',
    'default',
    API,
    put([...SECURITY, 'readOnlyRootFilesystem'], false),
    /can write to its root file system/,
  ],
  [
    'hardening',
    'default',
    API,
    put([...SECURITY, 'capabilities', 'drop'], ['NET_RAW']),
    /keeps capabilities/,
  ],
  [
    'hardening',
    'other-options',
    'apps/migrate/job.yaml',
    remove([...POD, 'initContainers', 0, 'securityContext']),
    /container wait /,
  ],
  ['host-access', 'default', API, put([...POD, 'hostNetwork'], true), /hostNetwork is true/],
  [
    'host-access',
    'default',
    API,
    put([...POD, 'volumes'], [{ name: 'x', hostPath: { path: '/' } }]),
    /mounts \/ of the node/,
  ],
  ['host-access', 'default', API, put([...SECURITY, 'privileged'], true), /is privileged/],
  ['host-access', 'default', API, put([...SECURITY, 'capabilities', 'add'], ['SYS_ADMIN']), /adds SYS_ADMIN/],
  [
    'host-access',
    'default',
    API,
    put([...CONTAINER, 'ports', 0, 'hostPort'], 80),
    /takes port 80 of the node/,
  ],
  [
    'host-access',
    'other-options',
    'apps/database/statefulset.yaml',
    put([...SECURITY, 'capabilities', 'add', 0], 'SYS_PTRACE'),
    /adds SYS_PTRACE/,
  ],
  [
    'resources',
    'default',
    API,
    remove([...CONTAINER, 'resources', 'limits', 'memory']),
    /has no limit of memory/,
  ],
  ['image-tag', 'default', API, put([...CONTAINER, 'image'], 'ghcr.io/stefanprodan/podinfo'), /has no tag/],
  [
    'image-tag',
    'default',
    API,
    put([...CONTAINER, 'image'], 'localhost:5000/podinfo:latest'),
    /has the tag latest/,
  ],
  [
    'image-tag',
    'default',
    'infrastructure/controllers/trivy-operator/trivy-operator.yaml',
    put(['spec', 'values', 'trivy', 'image', 'tag'], 'latest'),
    /trivy.image.tag is latest/,
    1,
  ],
  [
    'image-digest',
    'default',
    API,
    put([...CONTAINER, 'image'], 'ghcr.io/stefanprodan/podinfo:6.15.0'),
    /has no digest/,
  ],
  [
    'image-digest',
    'default',
    'security/scanning/kube-bench.yaml',
    put(['spec', 'jobTemplate', ...POD, 'containers', 0, 'image'], 'docker.io/aquasec/kube-bench:v0.15.6'),
    /has no digest/,
  ],
  [
    'image-digest',
    'other-options',
    'apps/web/deployment.yaml',
    put([...CONTAINER, 'image'], 'ghcr.io/acme/web:2.4.1'),
    /has no digest/,
  ],
  ['rbac-wildcard', 'default', ROLES, put(['rules', 0, 'verbs'], ['*']), /rule 1 has \* in verbs/, 1],
  [
    'rbac-wildcard',
    'other-options',
    'security/rbac/node-agent.yaml',
    put(['rules', 0, 'resources'], ['*']),
    /Role ledger\/node-agent: rule 1 has \* in resources/,
  ],
  [
    'rbac-escalation',
    'default',
    ROLES,
    put(['rules', 0, 'verbs', 0], 'impersonate'),
    /take on any identity/,
    1,
  ],
  ['rbac-escalation', 'default', ROLES, put(['rules', 0, 'resources', 0], 'secrets'), /read every Secret/, 1],
  [
    'cluster-admin',
    'default',
    ROLES,
    put(['roleRef', 'name'], 'cluster-admin'),
    /makes flux-apps cluster-admin/,
    2,
  ],
  [
    'cluster-admin',
    'default',
    ROLES,
    put(['subjects', 0], {
      kind: 'Group',
      name: 'system:authenticated',
      apiGroup: 'rbac.authorization.k8s.io',
    }),
    /to everybody in system:authenticated/,
    2,
  ],
  [
    'grants',
    'other-options',
    'security/rbac/node-agent.yaml',
    put(['rules', 0, 'verbs', 0], 'delete'),
    /lets node-agent delete pods, which zero-trust.yaml does not declare/,
  ],
  [
    'grants',
    'other-options',
    'security/rbac/node-agent.yaml',
    remove(['rules', 1]),
    /nothing lets ledger\/node-agent get leases.coordination.k8s.io agent/,
  ],
  [
    'grants',
    'other-options',
    'security/rbac/node-agent.yaml',
    remove(['rules', 1, 'resourceNames']),
    /lets node-agent get leases.coordination.k8s.io, update/,
  ],
  [
    'grants',
    'other-options',
    'security/rbac/node-agent.yaml',
    put(['subjects', 0, 'name'], 'telemetry'),
    /lets telemetry get pods/,
    1,
  ],
  [
    'token',
    'default',
    'apps/api-service/service-account.yaml',
    remove(['automountServiceAccountToken']),
    /is not false/,
  ],
  [
    'token',
    'default',
    API,
    put([...POD, 'automountServiceAccountToken'], true),
    /mounts a token that it has no use for/,
  ],
  [
    'engine',
    'default',
    FLUX,
    remove(['patches', 0]),
    /kustomize-controller: runs without --no-cross-namespace-refs=true/,
  ],
  ['engine', 'default', FLUX, remove(['patches', 4]), /Pod Security level is not restricted/],
  [
    'engine',
    'default',
    'clusters/my-cluster/apps.yaml',
    put(['spec', 'serviceAccountName'], 'kustomize-controller'),
    /is applied by kustomize-controller/,
  ],
  [
    'engine',
    'default',
    'clusters/my-cluster/rbac.yaml',
    remove(['spec', 'serviceAccountName']),
    /says no serviceAccountName/,
  ],
  [
    'mesh-opt-out',
    'default',
    API,
    put([...META, 'labels', 'sidecar.istio.io/inject'], 'false'),
    /sidecar.istio.io\/inject: false takes its pods/,
  ],
  [
    'mesh-opt-out',
    'default',
    API,
    put([...META, 'annotations', 'traffic.sidecar.istio.io/excludeInboundPorts'], '8080'),
    /excludeInboundPorts: 8080/,
  ],
  [
    'mesh-opt-out',
    'default',
    NAMESPACE,
    put(['metadata', 'labels', 'istio-injection'], 'disabled'),
    /istio-injection is disabled/,
  ],
  [
    'mesh-opt-out',
    'default',
    NAMESPACE,
    remove(['metadata', 'labels', 'istio-injection']),
    /istio-injection is missing/,
  ],
  [
    'mutual-tls',
    'default',
    'security/zero-trust/mutual-tls.yaml',
    put(['spec', 'mtls', 'mode'], 'PERMISSIVE'),
    /mtls.mode is PERMISSIVE/,
  ],
  [
    'mutual-tls',
    'default',
    'security/zero-trust/mutual-tls.yaml',
    put(['spec', 'portLevelMtls'], { '8080': { mode: 'DISABLE' } }),
    /portLevelMtls.8080.mode is DISABLE/,
  ],
  [
    'mutual-tls',
    'default',
    'security/zero-trust/mutual-tls.yaml',
    null,
    /no PeerAuthentication in istio-system/,
  ],
  [
    'policy-types',
    'default',
    'security/network-policies/shop/default-deny.yaml',
    remove(['spec', 'policyTypes']),
    /has no policyTypes/,
  ],
  [
    'policy-types',
    'default',
    'security/network-policies/shop/allow-dns.yaml',
    put(['spec', 'policyTypes'], ['Ingress']),
    /policyTypes leaves Egress out/,
  ],
  [
    'unseen-host',
    'cilium',
    'security/network-policies/shop/allow-dns.yaml',
    put(['spec', 'egress', 0, 'toPorts', 0, 'rules', 'dns'], [{ matchName: 'api.payments.example' }]),
    /orders may reach \*\.mail\.example, and no rule reads its DNS answers/,
  ],
  [
    'unseen-requests',
    'cilium with istio',
    'security/network-policies/shop/allow-inter-service.yaml',
    put(['spec', 'ingress', 0, 'toPorts', 0, 'rules'], { http: [{ method: 'GET' }] }),
    /rules requests to shop\/api-service, which the mesh encrypts/,
    1,
  ],
  [
    'gateway-open',
    'default',
    GATEWAY,
    put(['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'All' }),
    /listener https-api.example.com takes routes of every namespace/,
  ],
  [
    'gateway-open',
    'default',
    GATEWAY,
    put(['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector'], {}),
    /takes routes of every namespace/,
  ],
  [
    'gateway-open',
    'default',
    GATEWAY,
    put(
      ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'],
      ['shop', 'falco'],
    ),
    /takes routes of falco/,
  ],
  [
    'gateway-open',
    'default',
    GATEWAY,
    put(['spec', 'listeners', 1, 'tls', 'mode'], 'Passthrough'),
    /passes TLS through/,
  ],
  [
    'duplicate-hostname',
    'default',
    'apps/frontend/route.yaml',
    put(['spec'], {
      hostnames: ['api.example.com'],
      parentRefs: [{ name: 'public', namespace: 'gateway', sectionName: 'https-api.example.com' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/api' } }],
          backendRefs: [{ name: 'frontend', port: 8080 }],
        },
      ],
    }),
    /api.example.com\/api is claimed by HTTPRoute shop\/api-service as well/,
  ],
  [
    'plain-http',
    'default',
    'infrastructure/gateway/redirect.yaml',
    put(['spec', 'rules', 0], { backendRefs: [{ name: 'x', port: 80 }] }),
    /is served without TLS by the listener http/,
  ],
  [
    'plain-http',
    'default',
    'infrastructure/gateway/redirect.yaml',
    put(['spec', 'rules', 0, 'filters', 0, 'requestRedirect', 'scheme'], 'http'),
    /without TLS/,
  ],
  [
    'plain-http',
    'default',
    GATEWAY,
    put(['spec', 'listeners', 1, 'protocol'], 'HTTP'),
    /HTTPRoute shop\/api-service: is served without TLS/,
  ],
  [
    'service-type',
    'default',
    'apps/api-service/service.yaml',
    put(['spec', 'type'], 'NodePort'),
    /is published as NodePort/,
  ],
  [
    'service-type',
    'default',
    'apps/api-service/service.yaml',
    put(['spec', 'externalIPs'], ['203.0.113.1']),
    /takes external addresses/,
  ],
  [
    'external-name',
    'default',
    'apps/api-service/service.yaml',
    put(['spec'], { type: 'ExternalName', externalName: 'evil.example' }),
    /leads to evil.example/,
  ],
  [
    'policy-idle',
    'default',
    POLICY,
    put(['spec', 'validations', 0, 'expression'], 'true'),
    /validation 1 is always true/,
  ],
  [
    'policy-idle',
    'default',
    POLICY,
    put(['spec', 'matchConditions', 0], { name: 'never', expression: 'false' }),
    /the condition never is never met/,
  ],
  ['policy-idle', 'default', POLICY, put(['spec', 'validations'], []), /validates nothing/],
  [
    'policy-scope',
    'default',
    POLICY,
    put(['spec', 'matchConstraints', 'namespaceSelector'], {}),
    /also refuses pods of .*kube-system/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/drop-all-capabilities.yaml',
    remove(['spec', 'validations', 1]),
    /unless containers add no capabilities/,
  ],
  [
    'policy-missing',
    'other-options',
    'security/kyverno/read-only-root-audit.yaml',
    put(['spec', 'validationActions'], []),
    /in sandbox unless root file systems/,
  ],
  [
    'exception',
    'other-options',
    EXCEPTION,
    remove(['spec', 'matchConditions', 0]),
    /no condition compares time.now\(\)/,
  ],
  [
    'exception-scope',
    'other-options',
    EXCEPTION,
    put(['spec', 'policyRefs', 2], { name: 'read-only-root', kind: 'ValidatingPolicy' }),
    /read-only-root is no rule that pods which start as root break in ledger/,
  ],
  [
    'exception-scope',
    'other-options',
    EXCEPTION,
    put(['spec', 'policyRefs', 2], { name: 'drop-all-capabilities-audit', kind: 'ValidatingPolicy' }),
    /drop-all-capabilities-audit/,
  ],
  [
    'mesh-config',
    'default',
    ISTIOD,
    put([...MESH, 'outboundTrafficPolicy', 'mode'], 'ALLOW_ANY'),
    /outboundTrafficPolicy.mode is ALLOW_ANY/,
    1,
  ],
  [
    'mesh-config',
    'default',
    ISTIOD,
    put([...MESH, 'trustDomain'], 'other'),
    /trustDomain is other; in zero-trust.yaml it is cluster.local/,
    1,
  ],
  [
    'mesh-config',
    'default',
    ISTIOD,
    put([...MESH, 'meshMTLS', 'minProtocolVersion'], 'TLSV1_1'),
    /minProtocolVersion is TLSV1_1/,
    1,
  ],
  [
    'tls-version',
    'other-options',
    'infrastructure/gateway/clients.yaml',
    put(['spec', 'tls', 'minVersion'], '1.0'),
    /minVersion is 1.0/,
  ],
  [
    'run-as',
    'default',
    API,
    remove([...POD, 'securityContext', 'runAsGroup']),
    /runAsGroup is not set, in zero-trust.yaml it is 10001/,
  ],
  [
    'run-as',
    'default',
    API,
    put([...SECURITY, 'runAsUser'], 1),
    /runAsUser is 1, in zero-trust.yaml it is 10001/,
  ],
  [
    'image-registry',
    'default',
    API,
    put([...CONTAINER, 'image'], 'docker.io/stefanprodan/podinfo:6.15.0'),
    /is of no registry/,
  ],
  [
    'image-registry',
    'other-options',
    'apps/database/statefulset.yaml',
    put([...CONTAINER, 'image'], 'acme/mysql:8.4.6'),
    /image docker.io\/acme\/mysql is of no registry/,
  ],
  [
    'rbac-write',
    'default',
    ROLES,
    put(['kind'], 'ClusterRoleBinding'),
    /create, patch, delete deployments|in every namespace/,
    2,
  ],
  [
    'rbac-write',
    'default',
    ROLES,
    put(['rules', 5, 'verbs', 3], 'create'),
    /the account of the services may create pods in shop/,
    1,
  ],
  [
    'rbac-write',
    'default',
    'security/scanning/rbac.yaml',
    put(['rules', 0, 'verbs', 2], 'delete'),
    /lets kube-bench-cluster delete pods, serviceaccounts in every namespace/,
    2,
  ],
  [
    'cluster-admin',
    'default',
    ROLES,
    put(['subjects', 1], { kind: 'ServiceAccount', name: 'default', namespace: 'default' }),
    /to every pod that names no account/,
    2,
  ],
  [
    'host-access',
    'default',
    KUBE_BENCH,
    put([...JOB, 'containers', 0, 'securityContext', 'privileged'], true),
    /is privileged/,
  ],
  ['host-access', 'default', KUBE_BENCH, put([...JOB, 'hostNetwork'], true), /hostNetwork is true/],
  [
    'host-access',
    'default',
    KUBE_BENCH,
    put([...JOB, 'containers', 0, 'volumeMounts', 0, 'readOnly'], false),
    /mounts \/etc\/kubernetes of the node/,
  ],
  [
    'host-access',
    'default',
    KUBE_BENCH,
    put([...JOB, 'volumes', 0, 'hostPath', 'path'], '/var/run/docker.sock'),
    /docker.sock of the node/,
  ],
  [
    'hardening',
    'default',
    KUBE_BENCH,
    remove([...JOB, 'containers', 0, 'securityContext', 'allowPrivilegeEscalation']),
    /may gain rights/,
  ],
  [
    'hardening',
    'default',
    KUBE_BENCH,
    remove([...JOB, 'securityContext', 'runAsNonRoot']),
    /kube-bench-cluster: container kube-bench may run as root/,
    2,
  ],
  [
    'gateway-open',
    'default',
    GATEWAY,
    remove(['spec', 'listeners', 1, 'hostname']),
    /has no hostname and serves every one/,
  ],
  [
    'gateway-service',
    'tunnel',
    'infrastructure/gateway/proxy.yaml',
    remove(['spec', 'provider', 'kubernetes', 'envoyService']),
    /^Gateway gateway\/public: its Service is a LoadBalancer, beside the edge/,
  ],
  [
    'gateway-service',
    'gke',
    'infrastructure/gateway/options.yaml',
    put(['data', 'service'], 'spec:\n  type: NodePort\n'),
    /its Service is a NodePort/,
  ],
  [
    'gateway-service',
    'gke',
    GATEWAY,
    remove(['spec', 'infrastructure', 'parametersRef']),
    /its Service is a LoadBalancer/,
  ],
  [
    'plain-http',
    'gke',
    'infrastructure/edge/gateway.yaml',
    put(['spec', 'listeners', 1, 'protocol'], 'HTTP'),
    /HTTPRoute gateway\/edge-https-api.shop.example.com: is served without TLS/,
  ],
  ['plain-http', 'default', ROUTE, remove(['spec', 'parentRefs', 0, 'sectionName']), /names no listener/],
  [
    'policy-idle',
    'default',
    POLICY,
    put(['spec', 'matchConstraints', 'resourceRules', 0, 'resources'], ['configmaps']),
    /looks at containers, but is asked about configmaps/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/require-labels.yaml',
    remove(['spec', 'validations', 0]),
    /unless pods carry the label app/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/require-labels.yaml',
    remove(['spec', 'validations', 1]),
    /unless workloads carry the label app/,
  ],
  [
    'policy-missing',
    'default',
    'security/kyverno/no-mesh-opt-out.yaml',
    remove(['spec', 'validations', 1]),
    /unless pods stay in the mesh/,
  ],
  [
    'policy-missing',
    'other-options',
    'security/kyverno/require-digest.yaml',
    put(['spec', 'validationActions'], ['Audit']),
    /no policy refuses pods in namespaces that come later unless images are named by digest/,
  ],
  [
    'host-access',
    'default',
    KUBE_BENCH,
    put([...JOB, 'hostPID'], true),
    /kube-bench-cluster: hostPID is true/,
    2,
  ],
  [
    'image-registry',
    'default',
    KUBE_BENCH,
    put([...JOB, 'containers', 0, 'image'], 'registry.attacker.example/kube-bench:v1'),
    /of no registry that zero-trust.yaml names, nor of a public one/,
  ],
  ...GATEWAY_CASES,
];

describe('a broken repository', () => {
  it.each(CASES)('%s, %s, %s', (id, name, file, edit, said, index) => {
    expect(messages(id, broken(name, file, edit, index)).join('\n')).toMatch(said);
  });

  it('has a case for every rule', () => {
    const tried = new Set([...CASES.map(([id]) => `enforce/${id}`), ...GATEKEEPER_CASES.map(([id]) => id)]);
    expect(ENFORCE_RULES.map((one) => one.id).filter((id) => !tried.has(id))).toEqual([]);
  });

  it('a route that names no listener also attaches to plain HTTP', () => {
    const files = broken('default', ROUTE, remove(['spec', 'parentRefs', 0, 'sectionName']));
    const open = put(['spec', 'listeners', 0, 'allowedRoutes', 'namespaces', 'from'], 'All');
    files.set(GATEWAY, edited(files.get(GATEWAY)!, 0, open));
    expect(messages('plain-http', files)).toContainEqual(
      expect.stringContaining('without TLS by the listener http'),
    );
  });

  it.each([
    ['kyverno.io/v1', 'ClusterPolicy', 'validationFailureAction: Audit', /only does Audit in shop/],
    [
      'constraints.gatekeeper.sh/v1beta1',
      'K8sRequiredLabels',
      'enforcementAction: dryrun',
      /only does dryrun in shop/,
    ],
    [
      'admissionregistration.k8s.io/v1',
      'ValidatingAdmissionPolicyBinding',
      'validationActions: [Warn]',
      /only does Warn in shop/,
    ],
  ])('policies of %s are known too', (apiVersion, kind, spec, said) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\nspec: { ${spec} }\n`;
    expect(messages('policy-stage', withObject(text))).toEqual([expect.stringMatching(said)]);
  });

  it('images that are to be signed, and no policy on them', () => {
    const files = new Map(REPOSITORIES.signed);
    for (const path of [SIGNATURES, SIGNATURES.replace('.yaml', '-audit.yaml')])
      files.set(path, files.get(path)!.replaceAll('ghcr.io/acme', 'docker.io/valkey'));
    expect(messages('signatures', files)).toEqual([expect.stringMatching('images below ghcr.io/acme')]);
  });

  it.each<[string, string, object, RegExp | null]>([
    ['no TLS', 'api-service.shop', { tls: { mode: 'DISABLE' } }, /spec\.trafficPolicy|mutual TLS: DISABLE/],
    ['TLS without identity', 'api-service', { tls: { mode: 'SIMPLE' } }, /mutual TLS: SIMPLE/],
    [
      'certificates of its own',
      '*.shop.svc.cluster.local',
      { tls: { mode: 'MUTUAL' } },
      /mutual TLS: MUTUAL/,
    ],
    [
      'a port',
      'api-service.shop.svc.cluster.local',
      { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'DISABLE' } }] },
      /mutual TLS: DISABLE/,
    ],
    ['the mesh', 'api-service.shop', { tls: { mode: 'ISTIO_MUTUAL' } }, null],
    ['nothing said', 'api-service.shop', {}, null],
    ['a host outside', 'example.com', { tls: { mode: 'SIMPLE' } }, null],
    ['hosts outside', '*.example.com', { tls: { mode: 'SIMPLE' } }, null],
  ])('a DestinationRule: %s', (_, host, trafficPolicy, said) => {
    const of = (spec: object) =>
      messages(
        'mutual-tls',
        withObject(
          JSON.stringify({
            apiVersion: 'networking.istio.io/v1',
            kind: 'DestinationRule',
            metadata: { name: 'x', namespace: 'shop' },
            spec,
          }),
        ),
      );
    const expected = said ? [expect.stringMatching(said)] : [];
    expect(of({ host, trafficPolicy })).toEqual(expected);
    expect(of({ host, subsets: [{ name: 'a', trafficPolicy }] })).toEqual(expected);
  });

  it('images of the platform may be of any public registry', () => {
    const image = 'quay.io/acme/kube-bench:v1@sha256:00';
    const own = put([...JOB, 'containers', 0, 'image'], image);
    expect(messages('image-registry', broken('default', KUBE_BENCH, own))).toEqual([]);
  });

  it('a token for ever', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: x, namespace: shop }\ntype: kubernetes.io/service-account-token\n';
    expect(messages('token', withObject(text))).toEqual([expect.stringContaining('never ends')]);
  });

  it('a namespace that nobody declares is baseline at least', () => {
    const text =
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: x, labels: { pod-security.kubernetes.io/enforce: privileged } }\n';
    expect(messages('pod-security-level', withObject(text))).toEqual([
      expect.stringContaining('at least it must be baseline'),
    ]);
  });
});

describe('what is fine', () => {
  it.each(Object.entries(REPOSITORIES))('%s', (_, files) => {
    const model = { ...readModel(files, catalog), today: TODAY };
    const found = ENFORCE_RULES.flatMap(({ id, severity, check }) =>
      [...check(model)].map((one) => ({ rule: id, severity, ...one })),
    );
    const ids = new Set(ENFORCE_RULES.map((one) => one.id));
    // What a file says it means to do, with the reason, is fine; a comment that ignores nothing is a finding again.
    const { findings } = suppress(found, files, ids);
    expect(findings.map(({ rule: id, message }) => [id, message])).toEqual([]);
  });

  it('a quota that is smaller than declared, or another one beside it', () => {
    const smaller = broken('tenants', QUOTA, put([...HARD, 'requests.cpu'], '0.5'));
    expect(messages('quota', smaller)).toEqual([]);
    const text =
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: x, namespace: shop }\nspec: { hard: { pods: 99 } }\n';
    expect(messages('quota', withObject(text, 'tenants'))).toEqual([]);
  });

  it.each<[string, Name, string, object]>([
    [
      'left out',
      'other-options',
      EGRESS,
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }] },
    ],
    ['another port', 'other-options', EGRESS, { ports: [{ port: 443, protocol: 'TCP' }] }],
    ['an empty rule of Cilium', 'cilium', CILIUM_EGRESS, {}],
    ['another entity', 'cilium', CILIUM_EGRESS, { toEntities: ['kube-apiserver'] }],
  ])('[metadata-address] stays shut: %s', (_, name, file, egress) =>
    expect(messages('metadata-address', broken(name, file, put(OUT, [egress])))).toEqual([]),
  );

  it('[metadata-address] is open where a service declares exactly that', () => {
    const image = 'ghcr.io/acme/shop:1.0.0';
    const egress = [{ cidr: '169.254.169.254/32', port: 80 }];
    const { files } = repositoryOf('aws', {
      name: 'aws',
      services: [{ name: 'shop', namespace: 'shop', image, port: 8080, egress }],
    });
    expect([...files.values()].join('')).toContain('cidr: 169.254.169.254/32');
    expect(messages('metadata-address', files)).toEqual([]);
  });

  it('without a day, nothing has ended; after it, exception and service have', () => {
    const files = REPOSITORIES['other-options'];
    expect([...rule('expired').check(readModel(files, catalog))]).toEqual([]);
    expect(messages('expired', files, '2027-03-31')).toEqual([]);
    expect(messages('expired', files, '2027-04-01')).toHaveLength(2);
  });

  it('a namespace whose stage is audit may only report', () => {
    const stages = { policies: 'audit' };
    const { files } = repositoryOf('audit', { name: 'audit', namespaces: [{ name: 'shop', stages }] });
    const model = readModel(files, catalog);
    expect(ENFORCE_RULES.flatMap((one) => [...one.check(model)])).toEqual([]);
  });

  it('what the injector writes is no opt-out', () => {
    const key = 'traffic.sidecar.istio.io/includeInboundPorts';
    expect(messages('mesh-opt-out', broken('default', API, put([...META, 'annotations', key], '*')))).toEqual(
      [],
    );
  });

  it.each([
    ['nginx', 'nginx', '', ''],
    ['nginx:1.27', 'nginx', '1.27', ''],
    ['localhost:5000/a/b', 'localhost:5000/a/b', '', ''],
    ['localhost:5000/a:1@sha256:00', 'localhost:5000/a', '1', 'sha256:00'],
    ['a@sha256:00', 'a', '', 'sha256:00'],
  ])('%s is read as an image', (image, repository, tag, digest) => {
    expect(parseImage(image)).toEqual({ repository, tag, digest });
  });
});
