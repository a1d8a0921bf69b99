import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding */
export const role: Rule = {
  id: 'select/role',
  area: 'select',
  severity: 'error',
  title: 'A role that is bound exists',
  why: 'A binding to a role that does not exist grants nothing until somebody makes that role.',
  fix: 'Correct roleRef, or add the role.',
  check: (model) => unresolved(model, (one) => one.field === 'roleRef'),
};
