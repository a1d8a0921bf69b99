import type { Rule } from '../../model.ts';
import type { Reference } from '../../references.ts';
import { unresolved } from './unresolved.ts';

const FIELDS = ['targetRef', 'targetRefs', 'scaleTargetRef', 'parametersRef'];
/** Routes have a rule of their own; issuers make routes with such parents for their challenges. */
const isTarget = ({ field, from }: Reference) =>
  FIELDS.includes(field) || (field.startsWith('parentRef') && !from.kind.endsWith('Route'));

/** https://gateway-api.sigs.k8s.io/reference/policy-attachment/ */
export const target: Rule = {
  id: 'select/target',
  area: 'select',
  severity: 'error',
  title: 'What a policy is attached to exists',
  why: 'A policy or an autoscaler attached to nothing has no effect.',
  fix: 'Correct the reference, or delete what is attached to nothing.',
  check: (model) => unresolved(model, isTarget),
};
