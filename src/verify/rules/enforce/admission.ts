import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, records, selects, text, texts, type Path } from '../../selectors.ts';
import { constraintsOf, ofConstraint } from './constraints.ts';

/** What a policy says, whoever evaluates it. */
export interface AdmissionPolicy {
  object: KubernetesObject;
  /** What happens to an object that breaks it. */
  actions: string[];
  /** Where the actions stand. */
  path: Path;
  refuses: boolean;
  failurePolicy: string;
  /** Selectors of namespaces; all must select. */
  namespaces: { selector: unknown; path: Path }[];
  resources: { names: string[]; operations: string[] }[];
  /** Variables and validations as text. */
  expressions: string;
}

/** The request with which a debug container joins a running pod. */
export const DEBUG = 'pods/ephemeralcontainers';

/** What has containers. */
export const PODS = /^(\*|pods|deployments|replicasets|statefulsets|daemonsets|jobs|cronjobs)(\/.*)?$/;

const REFUSING = ['deny', 'enforce'];

/** Validating policies of the kinds that engines read, with their bindings. */
export const admissionPolicies = (model: Model): AdmissionPolicy[] => [
  ...ofKind(
    model,
    'policies.kyverno.io/ValidatingPolicy',
    'policies.kyverno.io/ImageValidatingPolicy',
    'policies.kyverno.io/NamespacedValidatingPolicy',
  ).map(ofCel),
  ...ofKind(model, 'kyverno.io/ClusterPolicy', 'kyverno.io/Policy').map(ofLegacy),
  ...ofKind(model, 'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding').map((one) =>
    ofBinding(model, one),
  ),
  ...constraintsOf(model).map((one) => ofConstraint(model, one)),
];

/** https://kyverno.io/docs/policy-types/validating-policy/ */
function ofCel(object: KubernetesObject): AdmissionPolicy {
  const spec = dig(object.body, 'spec');
  const path: Path = ['spec', 'matchConstraints', 'namespaceSelector'];
  const actions = texts(dig(spec, 'validationActions'));
  return {
    object,
    actions,
    path: ['spec', 'validationActions'],
    refuses: actions.includes('Deny') && dig(spec, 'evaluation', 'admission', 'enabled') !== false,
    failurePolicy: text(dig(spec, 'failurePolicy')) || 'Fail',
    namespaces: [{ selector: dig(object.body, ...path), path }],
    resources: resourcesOf(dig(spec, 'matchConstraints', 'resourceRules')),
    expressions: expressionsOf(spec),
  };
}

/** Without messages, which say what a rule is about whether or not it still is. */
const expressionsOf = (spec: unknown): string =>
  [...records(dig(spec, 'variables')), ...records(dig(spec, 'validations'))]
    .map((one) => text(one['expression']))
    .join('\n');

const resourcesOf = (rules: unknown) =>
  records(rules).map((one) => ({ names: texts(one['resources']), operations: texts(one['operations']) }));

/** https://kyverno.io/docs/policy-types/cluster-policy/policy-settings/ */
function ofLegacy(object: KubernetesObject): AdmissionPolicy {
  const spec = dig(object.body, 'spec');
  const rules = records(dig(spec, 'rules')).flatMap(
    (one) => text(dig(one, 'validate', 'failureAction')) || [],
  );
  const actions = rules.length ? rules : [text(dig(spec, 'validationFailureAction')) || 'Audit'];
  return {
    object,
    actions,
    path: ['spec'],
    refuses: actions.every((one) => REFUSING.includes(one.toLowerCase())),
    failurePolicy: text(dig(spec, 'failurePolicy')) || 'Fail',
    namespaces: [],
    resources: [],
    expressions: JSON.stringify(dig(spec, 'rules') ?? []),
  };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
function ofBinding(model: Model, object: KubernetesObject): AdmissionPolicy {
  const name = dig(object.body, 'spec', 'policyName');
  const policy = ofKind(model, 'admissionregistration.k8s.io/ValidatingAdmissionPolicy').find(
    (one) => one.name === name,
  );
  const spec = dig(policy?.body, 'spec');
  const actions = texts(dig(object.body, 'spec', 'validationActions'));
  const path: Path = ['spec', 'matchResources', 'namespaceSelector'];
  return {
    object,
    actions,
    path: ['spec', 'validationActions'],
    refuses: actions.includes('Deny'),
    failurePolicy: text(dig(spec, 'failurePolicy')) || 'Fail',
    namespaces: [
      { selector: dig(object.body, ...path), path },
      { selector: dig(spec, 'matchConstraints', 'namespaceSelector'), path: ['spec', 'policyName'] },
    ],
    resources: resourcesOf(dig(spec, 'matchConstraints', 'resourceRules')),
    expressions: expressionsOf(spec),
  };
}

/** Whether a policy is asked about objects of a namespace. */
export const isAbout = ({ namespaces }: AdmissionPolicy, name: string, labels: Record<string, string> = {}) =>
  namespaces.every(({ selector }) => selects(selector, { ...labels, 'kubernetes.io/metadata.name': name }));

/**
 * A rule about the digests of workloads only reports where not every image has one, whatever the stage: such namespaces are a
 * declared gap. Debug containers are asked for theirs everywhere.
 */
export const isDigestRule = ({ expressions, resources }: AdmissionPolicy): boolean =>
  expressions.includes('@sha256:') && !isAboutDebug(resources);

/** Whether a policy judges debug containers alone. */
export const isAboutDebug = (resources: AdmissionPolicy['resources']): boolean => {
  const names = resources.flatMap((one) => one.names);
  return names.length > 0 && names.every((one) => one === DEBUG);
};

/** Whether a policy is asked about what has containers. */
export const isAboutPods = ({ resources }: AdmissionPolicy): boolean =>
  resources.some(({ names }) => names.some((name) => PODS.test(name)));

/** Whether the graph wants a policy to refuse in a namespace. */
export const isWanted = (
  { kind, stages, digests }: Model['declared']['namespaces'][number],
  needsDigests: boolean,
): boolean => kind === 'app' && stages.policies === 'enforce' && (!needsDigests || digests);
