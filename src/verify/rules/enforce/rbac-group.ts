import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { bindingsOf, subjectsOf } from './roles.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/: people and groups are names, nothing checks that they exist. */
export const rbacGroup: Rule = {
  id: 'enforce/rbac-group',
  area: 'enforce',
  severity: 'error',
  title: 'Only declared groups of people are granted something, where they are declared',
  why: 'The API server takes any name: whoever gets a user or group of that name at the identity provider has these rights, and no review names them.',
  fix: 'Declare the group in zero-trust.yaml (gatewayAdmins, onCall, auditors, or `groups` of its namespace), or delete the binding.',
  *check(model) {
    const declared = model.declared.access.flatMap((one) => one.bindings);
    for (const binding of bindingsOf(model))
      for (const [index, { kind, name }] of subjectsOf(binding).entries()) {
        const path = ['subjects', index];
        // Everybody is the matter of enforce/cluster-admin.
        if (kind === 'ServiceAccount' || name.startsWith('system:')) continue;
        if (kind === 'User')
          yield hit(
            binding,
            path,
            `${nameOf(binding)}: grants to the user ${name}; rights are given to groups`,
          );
        else if (
          !declared.some((one) => one.groups.includes(name) && isWithin(binding.namespace, one.namespace))
        )
          yield hit(
            binding,
            path,
            `${nameOf(binding)}: grants to the group ${name}, which zero-trust.yaml does not declare ${binding.namespace ? `for ${binding.namespace}` : 'for the cluster'}`,
          );
      }
  },
};

/** A group of the cluster may have a role in each namespace. Gateway administrators read classes, which have none. */
const isWithin = (binding: string, declared: string) =>
  binding === declared || declared === '' || (binding === '' && declared === 'gateway');
