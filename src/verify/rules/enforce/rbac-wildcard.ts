import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { rolesOf, rulesOf } from './roles.ts';

/** https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege */
export const rbacWildcard: Rule = {
  id: 'enforce/rbac-wildcard',
  area: 'enforce',
  severity: 'error',
  title: 'A role names what it grants',
  why: 'A star also grants every kind and verb that comes later.',
  fix: 'List the API groups, resources and verbs that are needed.',
  *check(model) {
    for (const object of rolesOf(model))
      for (const [index, rule] of rulesOf(object).entries()) {
        const fields = (['apiGroups', 'resources', 'verbs'] as const).filter((field) =>
          rule[field].some((one) => one === '*' || one.endsWith('/*')),
        );
        if (fields.length)
          yield hit(
            object,
            ['rules', index],
            `${nameOf(object)}: rule ${index + 1} has * in ${fields.join(' and ')}`,
          );
      }
  },
};
