import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, ofKind, records } from '../../selectors.ts';
import { unresolved } from './unresolved.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding */
export const role: Rule = {
  id: 'select/role',
  area: 'select',
  severity: 'error',
  title: 'A role that is bound exists and grants something',
  why: 'A binding to a role that does not exist grants nothing until somebody makes that role.',
  fix: 'Correct roleRef, or add the role and its rules.',
  *check(model) {
    yield* unresolved(model, (one) => one.field === 'roleRef');
    for (const object of ofKind(model, `${GROUP}/Role`, `${GROUP}/ClusterRole`))
      if (records(object.body['rules']).length === 0 && !object.body['aggregationRule'])
        yield hit(object, ['rules'], `${nameOf(object)}: has no rules`);
  },
};
