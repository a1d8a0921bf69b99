import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, ofKind, records, text } from '../../selectors.ts';
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
    for (const object of ofKind(model, `${GROUP}/RoleBinding`, `${GROUP}/ClusterRoleBinding`)) {
      const subjects = records(object.body['subjects']);
      if (subjects.length === 0)
        yield hit(object, ['subjects'], `${nameOf(object)}: grants its role to nobody`);
      for (const [index, one] of subjects.entries())
        if (one['kind'] === 'ServiceAccount' && !text(one['namespace']))
          yield hit(
            object,
            ['subjects', index],
            `${nameOf(object)}: the subject ${text(one['name'])} has no namespace, so the API server refuses the binding`,
          );
    }
  },
};
