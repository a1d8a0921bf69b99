import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://gateway-api.sigs.k8s.io/reference/policy-attachment/ */
export const target: Rule = {
  id: 'select/target',
  area: 'select',
  severity: 'error',
  title: 'What a policy is attached to exists',
  why: 'A policy or an autoscaler attached to nothing has no effect.',
  fix: 'Correct the reference, or delete what is attached to nothing.',
  check: (model) =>
    unresolved(model, (one) =>
      ['targetRef', 'targetRefs', 'scaleTargetRef', 'parametersRef'].includes(one.field),
    ),
};
