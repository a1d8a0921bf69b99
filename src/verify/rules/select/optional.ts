import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist */
export const optional: Rule = {
  id: 'select/optional',
  area: 'select',
  severity: 'warning',
  title: 'What is read where it is there is brought by somebody',
  why: 'Pods start without an optional Secret or ConfigMap, and run without what it was for: a misspelt name is never noticed.',
  fix: 'Declare the Secret in zero-trust.yaml, correct the name or key, or ignore the finding with the reason.',
  check: (model) => unresolved(model, () => true, true),
};
