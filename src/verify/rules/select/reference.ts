import type { Rule } from '../../model.ts';
import type { Reference } from '../../references.ts';
import { unresolved } from './unresolved.ts';

/** Kinds and fields with a rule of their own, so that this one says the rest. */
const KINDS = ['Secret', 'ConfigMap', 'ServiceAccount', 'GatewayClass', 'Namespace'];
const FIELDS = [
  'subjects',
  'roleRef',
  'issuerRef',
  'policyRefs',
  'policyName',
  'targetRef',
  'targetRefs',
  'scaleTargetRef',
  'parametersRef',
  'parentRef',
  'parentRefs',
  'backendRef',
  'backendRefs',
];
const isOther = (one: Reference) => !KINDS.includes(one.kind) && !FIELDS.includes(one.field);

/** References to stores, Services by name, and claims. */
export const reference: Rule = {
  id: 'select/reference',
  area: 'select',
  severity: 'error',
  title: 'What an object names exists',
  why: 'An object that names what is not there waits for ever, or works without it.',
  fix: 'Correct the name, or add the object.',
  check: (model) => unresolved(model, isOther),
};
