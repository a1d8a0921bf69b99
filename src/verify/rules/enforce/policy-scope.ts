import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, ofKind, records, texts, type Path } from '../../selectors.ts';
import { admissionPolicies, isAbout, isAboutPods, isDigestRule, type AdmissionPolicy } from './admission.ts';
import { gatekeeperScope } from './gatekeeper-release.ts';

const NAME = 'kubernetes.io/metadata.name';
const BY_LABEL: Path[] = [
  ['spec', 'matchConstraints', 'objectSelector'],
  ['spec', 'match', 'labelSelector'],
];

/** Namespaces that a refusing policy, or the engine before it, is told to leave alone. */
export const policyScope: Rule = {
  id: 'enforce/policy-scope',
  area: 'enforce',
  severity: 'error',
  title: 'A policy leaves only exempt namespaces alone',
  why: 'What runs in an excluded namespace is checked by nobody. A selector of objects lets whoever labels them choose.',
  fix: 'Take the namespace out of the selector, or set its stage in zero-trust.yaml to audit.',
  *check(model) {
    for (const policy of admissionPolicies(model)) {
      if (policy.refuses) yield* outOfScope(model, policy);
      for (const path of BY_LABEL)
        if (!isEmptySelector(dig(policy.object.body, ...path)))
          yield hit(
            policy.object,
            path,
            `${nameOf(policy.object)}: objects choose by their labels whether it applies`,
          );
    }
    yield* engine(model);
    yield* gatekeeperScope(model);
  },
};

/** Too little: a namespace that nobody exempts. Too much: pods of the platform, and images that have no digest. */
function* outOfScope(model: Model, policy: AdmissionPolicy): Generator<Hit> {
  const { object, namespaces } = policy;
  for (const { selector, path } of namespaces)
    for (const name of excludedBy(selector).filter((one) => !mayBeLeftOut(model, policy, one)))
      yield hit(object, path, `${nameOf(object)}: leaves the namespace ${name} alone`);
  const { exempt, namespaces: declared, capabilities } = model.declared;
  const mustBeLeftOut = [
    ...exempt,
    ...declared.filter((one) => isDigestRule(policy) && !one.digests).map((one) => one.name),
  ];
  const found = capabilities.includes('policies') ? mustBeLeftOut.filter((one) => isAbout(policy, one)) : [];
  if (found.length && isAboutPods(policy))
    yield hit(
      object,
      namespaces[0]!.path,
      `${nameOf(object)}: also refuses pods of ${[...new Set(found)].join(', ')}`,
    );
}

const excludedBy = (selector: unknown): string[] =>
  records(dig(selector, 'matchExpressions'))
    .filter((one) => one['key'] === NAME && one['operator'] === 'NotIn')
    .flatMap((one) => texts(one['values']));

function mayBeLeftOut({ declared }: Model, policy: AdmissionPolicy | undefined, name: string): boolean {
  const namespace = declared.namespaces.find((one) => one.name === name);
  return (
    declared.exempt.includes(name) ||
    namespace?.stages.policies === 'audit' ||
    (!!policy && isDigestRule(policy) && namespace?.digests === false)
  );
}

/** https://github.com/kyverno/kyverno/blob/v1.19.0/charts/kyverno/values.yaml: config.webhooks, features */
function* engine(model: Model): Generator<Hit> {
  for (const release of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease')) {
    const values = ['spec', 'values'];
    const webhooks = [...values, 'config', 'webhooks', 'namespaceSelector'];
    for (const name of excludedBy(dig(release.body, ...webhooks)))
      if (!model.declared.exempt.includes(name))
        yield hit(
          release,
          webhooks,
          `${nameOf(release)}: the webhook is not asked about the namespace ${name}`,
        );
    const features = [...values, 'features'];
    if (dig(release.body, ...features, 'policyExceptions', 'namespace') === '*')
      yield hit(
        release,
        [...features, 'policyExceptions', 'namespace'],
        `${nameOf(release)}: takes exceptions from every namespace`,
      );
    if (dig(release.body, ...features, 'forceFailurePolicyIgnore', 'enabled') === true)
      yield hit(
        release,
        [...features, 'forceFailurePolicyIgnore'],
        `${nameOf(release)}: lets everything in while the engine is down`,
      );
  }
}
