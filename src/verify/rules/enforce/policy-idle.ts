import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, texts } from '../../selectors.ts';
import { PODS } from './admission.ts';

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
  },
};
