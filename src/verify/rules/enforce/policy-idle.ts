import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, texts } from '../../selectors.ts';
import { PODS } from './admission.ts';
import { codeOf, constraintsOf, matchesPods, templateOf } from './constraints.ts';

const KINDS = [
  'policies.kyverno.io/ValidatingPolicy',
  'policies.kyverno.io/ImageValidatingPolicy',
  'policies.kyverno.io/NamespacedValidatingPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
];

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
export const policyIdle: Rule = {
  id: 'enforce/policy-idle',
  area: 'enforce',
  severity: 'error',
  title: 'A policy can find something',
  why: 'A condition that is never met, or an expression that is always true: the policy is listed as active and refuses nothing.',
  fix: 'Restore the expression, or delete the policy.',
  *check(model) {
    for (const object of ofKind(model, ...KINDS)) {
      for (const [index, one] of records(dig(object.body, 'spec', 'matchConditions')).entries())
        if (text(one['expression']).trim() === 'false')
          yield hit(
            object,
            ['spec', 'matchConditions', index],
            `${nameOf(object)}: the condition ${one['name']} is never met`,
          );
      const validations = records(dig(object.body, 'spec', 'validations'));
      for (const [index, one] of validations.entries())
        if (text(one['expression']).trim() === 'true')
          yield hit(
            object,
            ['spec', 'validations', index],
            `${nameOf(object)}: validation ${index + 1} is always true`,
          );
      const resources = records(dig(object.body, 'spec', 'matchConstraints', 'resourceRules')).flatMap(
        (one) => texts(one['resources']),
      );
      const looksAtPods = /\b(containers|ephemeralContainers)\b/.test(
        JSON.stringify(dig(object.body, 'spec', 'variables') ?? []) + JSON.stringify(validations),
      );
      if (looksAtPods && !resources.some((one) => PODS.test(one)))
        yield hit(
          object,
          ['spec', 'matchConstraints', 'resourceRules'],
          `${nameOf(object)}: looks at containers, but is asked about ${resources.join(', ') || 'nothing'}`,
        );
      if (validations.length === 0) yield hit(object, ['spec'], `${nameOf(object)}: validates nothing`);
    }
    for (const object of constraintsOf(model)) yield* idleConstraint(model, object);
  },
};

/** A match that hits nothing, or a template without a rule. */
function* idleConstraint(model: Model, object: KubernetesObject): Generator<Hit> {
  const code = codeOf(templateOf(model, object));
  if (code && /\b(containers|ephemeralContainers)\b/.test(code) && !matchesPods(object))
    yield hit(
      object,
      ['spec', 'match', 'kinds'],
      `${nameOf(object)}: looks at containers, but does not match pods`,
    );
  if (code && /\bpackage\b/.test(code) && !/^\s*violation\b/m.test(code))
    yield hit(
      object,
      ['kind'],
      `${nameOf(object)}: its template has no violation, so that nothing breaks it`,
    );
  const { declared } = model;
  const named = texts(dig(object.body, 'spec', 'match', 'namespaces'));
  const known = [...declared.namespaces.map((one) => one.name), ...declared.exempt, 'default'];
  if (named.length && !named.some((one) => one.includes('*') || known.includes(one)))
    yield hit(
      object,
      ['spec', 'match', 'namespaces'],
      `${nameOf(object)}: is for ${named.join(', ')} only, which nobody declares`,
    );
}
