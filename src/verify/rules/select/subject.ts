import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, ofKind, records } from '../../selectors.ts';
import { unresolved } from './unresolved.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
export const subject: Rule = {
  id: 'select/subject',
  area: 'select',
  severity: 'error',
  title: 'A subject that is granted something exists',
  why: 'Rights of an account that does not exist wait for whoever makes one of that name.',
  fix: 'Correct the subject, or delete the binding.',
  *check(model) {
    yield* unresolved(model, (one) => one.field === 'subjects');
    for (const object of ofKind(model, `${GROUP}/RoleBinding`, `${GROUP}/ClusterRoleBinding`))
      if (records(object.body['subjects']).length === 0)
        yield hit(object, ['subjects'], `${nameOf(object)}: grants its role to nobody`);
  },
};
