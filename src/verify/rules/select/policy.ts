import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kyverno.io/docs/policy-types/ and https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
export const policy: Rule = {
  id: 'select/policy',
  area: 'select',
  severity: 'error',
  title: 'A policy that is bound or excepted exists',
  why: 'A binding or an exception without its policy has no effect, and one of that name may come.',
  fix: 'Correct the name of the policy, or delete what refers to it.',
  check: (model) => unresolved(model, (one) => ['policyRefs', 'policyName'].includes(one.field)),
};
