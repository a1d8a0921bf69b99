import { put, remove, type Edit } from '../mutation/mutant.ts';

const FOLDER = 'security/opa-gatekeeper';
const RELEASE = 'infrastructure/controllers/gatekeeper/gatekeeper.yaml';
const READ_ONLY = `${FOLDER}/constraints/read-only-root.yaml`;
const NON_ROOT = `${FOLDER}/constraints/run-as-non-root.yaml`;
const REGISTRIES = `${FOLDER}/constraints/allowed-registries.yaml`;
const TEMPLATE = `${FOLDER}/templates/read-only-root.yaml`;
const EXPANSION = `${FOLDER}/templates/expansion.yaml`;
const CLUSTER = 'clusters/gatekeeper';
const VALUES = ['spec', 'values'];
const EXCLUDED = ['spec', 'match', 'excludedNamespaces', 0];
const KINDS = ['spec', 'match', 'kinds'];
const EXCEPTION = ['spec', 'parameters', 'exceptions', 0];
const REGO = ['spec', 'targets', 0, 'code', 0, 'source', 'rego'];

/** Rule, file, what is broken in it (null: the file is gone), and what is said; a document's number where it is not the first. */
export const GATEKEEPER_CASES: [string, string, Edit | null, RegExp, number?][] = [
  [
    'enforce/policy-stage',
    READ_ONLY,
    put(['spec', 'enforcementAction'], 'dryrun'),
    /ReadOnlyRoot read-only-root: only does dryrun in shop, where the stage is enforce/,
  ],
  ['enforce/policy-stage', READ_ONLY, put(['spec', 'enforcementAction'], 'warn'), /only does warn in shop/],
  [
    'enforce/policy-stage',
    READ_ONLY,
    put(['spec'], {
      enforcementAction: 'scoped',
      scopedEnforcementActions: [
        { action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] },
        { action: 'warn', enforcementPoints: [{ name: 'validation.gatekeeper.sh' }] },
      ],
    }),
    /only does deny, warn in shop/,
  ],
  ['enforce/policy-scope', READ_ONLY, put(EXCLUDED, 'shop'), /leaves the namespace shop alone/],
  [
    'enforce/policy-scope',
    READ_ONLY,
    put(EXCLUDED, 'sh*'),
    /leaves the namespace sh\* alone[^]*namespace shop alone/,
  ],
  [
    'enforce/policy-scope',
    READ_ONLY,
    put(['spec', 'match', 'labelSelector'], { matchLabels: { checked: 'yes' } }),
    /objects choose by their labels/,
  ],
  [
    'enforce/policy-scope',
    RELEASE,
    put([...VALUES, 'validatingWebhookExemptNamespacesLabels', 'kubernetes.io/metadata.name', 0], 'shop'),
    /the webhook is not asked about the namespace shop/,
    1,
  ],
  [
    'enforce/policy-scope',
    RELEASE,
    put([...VALUES, 'validatingWebhookExemptNamespacesLabels', 'unchecked'], ['yes']),
    /namespaces choose by the label unchecked/,
    1,
  ],
  [
    'enforce/policy-scope',
    RELEASE,
    put([...VALUES, 'validatingWebhookCustomRules', 0, 'resources'], ['pods']),
    /not asked about UPDATE of pods\/ephemeralcontainers/,
    1,
  ],
  [
    'enforce/policy-scope',
    RELEASE,
    put([...VALUES, 'disableValidatingWebhook'], true),
    /has no webhook, and refuses nothing/,
    1,
  ],
  [
    'enforce/policy-scope',
    'infrastructure/namespaces/shop.yaml',
    put(['metadata', 'labels', 'admission.gatekeeper.sh/ignore'], 'yes'),
    /keeps every rule out/,
  ],
  [
    'enforce/failure-policy',
    RELEASE,
    remove([...VALUES, 'validatingWebhookFailurePolicy']),
    /validatingWebhookFailurePolicy is not Fail/,
    1,
  ],
  [
    'enforce/policy-missing',
    READ_ONLY,
    null,
    /no policy refuses pods in shop unless root file systems are read-only/,
  ],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/read-only-root-audit.yaml`,
    null,
    /no policy reports pods in trial unless root file systems are read-only/,
  ],
  ['enforce/policy-missing', NON_ROOT, null, /containers do not run as root[^]*user 0 is refused/],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/debug-containers.yaml`,
    null,
    /in shop unless debug containers keep the rules/,
  ],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/drop-all-capabilities.yaml`,
    null,
    /drop all capabilities[^]*add no capabilities[^]*do not gain rights/,
  ],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/require-digest.yaml`,
    null,
    /unless images are named by digest/,
  ],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/require-labels.yaml`,
    put(['spec', 'parameters', 'labels'], ['team']),
    /unless pods carry the label app/,
  ],
  [
    'enforce/policy-missing',
    `${FOLDER}/constraints/no-mesh-opt-out.yaml`,
    put(['spec', 'parameters', 'annotations'], []),
    /unless pods stay in the mesh/,
  ],
  [
    'enforce/policy-missing',
    REGISTRIES,
    put(['spec', 'parameters', 'registries'], ['ghcr.io/acme']),
    /unless images come from the declared registries/,
  ],
  [
    'enforce/policy-lists',
    REGISTRIES,
    put(['spec', 'parameters', 'registries', 0], 'registry.example.com'),
    /registries lists registry\.example\.com/,
  ],
  [
    'enforce/policy-idle',
    READ_ONLY,
    put(KINDS, [{ apiGroups: ['apps'], kinds: ['Deployment'] }]),
    /looks at containers, but does not match pods/,
  ],
  [
    'enforce/policy-idle',
    `${FOLDER}/constraints/read-only-root-audit.yaml`,
    put(['spec', 'match', 'namespaces'], ['trail']),
    /is for trail only, which nobody declares/,
  ],
  [
    'enforce/policy-idle',
    TEMPLATE,
    put(REGO, 'package readonlyroot\n# containers\n'),
    /its template has no violation/,
  ],
  [
    'enforce/unused-template',
    TEMPLATE,
    put(['spec', 'crd', 'spec', 'names', 'kind'], 'WritableRoot'),
    /must be named writableroot, after its kind[^]*no constraint is of the kind WritableRoot/,
  ],
  ['enforce/expansion', EXPANSION, null, /no ExpansionTemplate makes pods of DaemonSet, Deployment,/],
  [
    'enforce/expansion',
    EXPANSION,
    put(['spec', 'applyTo', 0, 'kinds'], ['StatefulSet']),
    /of DaemonSet, Deployment, ReplicaSet/,
  ],
  ['enforce/expansion', EXPANSION, put(['spec', 'enforcementAction'], 'warn'), /makes pods of .*Deployment/],
  [
    'enforce/expansion',
    EXPANSION,
    put(['spec', 'templateSource'], 'spec.template'),
    /makes pods of CronJob/,
    1,
  ],
  [
    'enforce/expansion',
    RELEASE,
    put([...VALUES, 'enableGeneratorResourceExpansion'], false),
    /no workload is judged by its pods/,
    1,
  ],
  ['enforce/exception', NON_ROOT, remove([...EXCEPTION, 'owner']), /exception 1 says no owner/],
  ['enforce/exception', NON_ROOT, put([...EXCEPTION, 'expires'], '2027-13-45'), /has no date in expires/],
  [
    'enforce/exception',
    NON_ROOT,
    put([...EXCEPTION, 'expires'], '2028-01-01'),
    /ends 2028-01-01, by zero-trust\.yaml on 2027-03-31/,
  ],
  [
    'enforce/expired',
    NON_ROOT,
    put([...EXCEPTION, 'expires'], '2026-01-01'),
    /exception 1 ended on 2026-01-01/,
  ],
  [
    'enforce/exception-scope',
    READ_ONLY,
    put(['spec', 'parameters'], { exceptions: [{ namespace: 'shop', labels: { app: 'database' } }] }),
    /is no rule that pods which start as root break/,
  ],
  [
    'select/exception',
    NON_ROOT,
    put([...EXCEPTION, 'labels'], {}),
    /is not bound to a namespace and to labels/,
  ],
  ['select/exception', NON_ROOT, put([...EXCEPTION, 'labels', 'app'], 'databse'), /no pod of shop is/],
  [
    'select/exception',
    NON_ROOT,
    remove(['spec', 'parameters']),
    /shop\/database starts as root by zero-trust\.yaml, and no exception lets its pods in/,
  ],
  [
    'order/unknown-kind',
    TEMPLATE,
    null,
    /ReadOnlyRoot read-only-root-audit is of constraints\.gatekeeper\.sh, which nothing/,
  ],
  [
    'order/unknown-kind',
    `${CLUSTER}/policies.yaml`,
    put(['spec', 'dependsOn'], [{ name: 'policy-engine' }]),
    /which layer policy-templates brings, and layer policies does not wait for it/,
  ],
  [
    'order/unknown-kind',
    `${FOLDER}/templates/kustomization.yaml`,
    put(['resources', 0], '../constraints/read-only-root.yaml'),
    /which ConstraintTemplate readonlyroot of the same layer brings/,
  ],
  [
    'order/unknown-kind',
    `${CLUSTER}/policy-templates.yaml`,
    put(['spec', 'wait'], false),
    /layer policy-templates does not wait until ConstraintTemplate/,
  ],
  [
    'order/blind-wait',
    `${CLUSTER}/policy-templates.yaml`,
    remove(['spec', 'healthCheckExprs']),
    /ConstraintTemplate allowedregistries brings its kind only once it has been read/,
  ],
  [
    'order/blind-wait',
    `${CLUSTER}/policies.yaml`,
    remove(['spec', 'healthCheckExprs']),
    /refuses nothing until a webhook has loaded it/,
  ],
];
