import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
export const subject: Rule = {
  id: 'select/subject',
  area: 'select',
  severity: 'error',
  title: 'A subject that is granted something exists',
  why: 'Rights of an account that does not exist wait for whoever makes one of that name.',
  fix: 'Correct the subject, or delete the binding.',
  check: (model) => unresolved(model, (one) => one.field === 'subjects'),
};
