import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit } from '../../selectors.ts';
import { bindingsOf, subjectsOf } from './roles.ts';

/** Everybody: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles */
const EVERYBODY = [
  'system:anonymous',
  'system:unauthenticated',
  'system:authenticated',
  'system:serviceaccounts',
  'system:masters',
];
const POWERFUL = ['cluster-admin', 'admin', 'edit'];

/** What the GitOps engine's own installation binds is not among the objects: the engine needs it. */
export const clusterAdmin: Rule = {
  id: 'enforce/cluster-admin',
  area: 'enforce',
  severity: 'error',
  title: 'Nobody but the GitOps engine is cluster-admin',
  why: 'Whoever holds such a binding may switch off every control of this repository.',
  fix: 'Bind a role that names what is needed.',
  *check(model) {
    for (const object of bindingsOf(model)) {
      const role = String(dig(object.body, 'roleRef', 'name'));
      const subjects = subjectsOf(object);
      if (POWERFUL.includes(role) && dig(object.body, 'roleRef', 'kind') === 'ClusterRole')
        yield hit(
          object,
          ['roleRef'],
          `${nameOf(object)}: makes ${subjects.map((one) => one.name).join(', ')} ${role}`,
        );
      for (const [index, { kind, name }] of subjects.entries()) {
        if (kind === 'ServiceAccount' && name === 'default')
          yield hit(
            object,
            ['subjects', index],
            `${nameOf(object)}: grants ${role} to every pod that names no account`,
          );
        if (
          kind !== 'ServiceAccount' &&
          (EVERYBODY.includes(name) || name.startsWith('system:serviceaccounts:'))
        )
          yield hit(object, ['subjects', index], `${nameOf(object)}: grants ${role} to everybody in ${name}`);
      }
    }
  },
};
