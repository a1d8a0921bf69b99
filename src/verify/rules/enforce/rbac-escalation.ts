import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { rolesOf, rulesOf, type RoleRule } from './roles.ts';

const WRITES = ['create', 'update', 'patch', '*'];
/** https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks */
const WAYS: { what: string; is: (rule: RoleRule) => boolean }[] = [
  { what: 'take on any identity', is: ({ verbs }) => verbs.includes('impersonate') },
  { what: 'grant more than it has', is: ({ verbs }) => verbs.includes('escalate') || verbs.includes('bind') },
  {
    what: 'run commands in pods',
    is: (rule) => grants(rule, ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'], [...WRITES, 'get']),
  },
  { what: 'reach kubelets', is: (rule) => grants(rule, ['nodes/proxy'], [...WRITES, 'get']) },
  {
    what: 'make tokens of accounts',
    is: (rule) => grants(rule, ['serviceaccounts/token'], WRITES) && rule.names.length === 0,
  },
  {
    what: 'change roles and bindings',
    is: (rule) => grants(rule, ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'], WRITES),
  },
  {
    what: 'change what admission checks',
    is: (rule) =>
      grants(
        rule,
        [
          'validatingwebhookconfigurations',
          'mutatingwebhookconfigurations',
          'validatingadmissionpolicies',
          'validatingpolicies',
          'policyexceptions',
        ],
        [...WRITES, 'delete'],
      ),
  },
  {
    what: 'read every Secret',
    is: (rule) => grants(rule, ['secrets'], ['get', 'list', 'watch', '*']) && rule.names.length === 0,
  },
];

const grants = ({ resources, verbs }: RoleRule, wanted: string[], ways: string[]) =>
  resources.some((one) => wanted.includes(one)) && verbs.some((one) => ways.includes(one));

export const rbacEscalation: Rule = {
  id: 'enforce/rbac-escalation',
  area: 'enforce',
  severity: 'error',
  title: 'A role does not lead to others',
  why: 'These rights are worth as much as those of everybody whom they reach.',
  fix: 'Take the verb out, or name the objects in resourceNames.',
  *check(model) {
    for (const object of rolesOf(model))
      for (const [index, rule] of rulesOf(object).entries())
        for (const { what, is } of WAYS)
          if (is(rule))
            yield hit(
              object,
              ['rules', index],
              `${nameOf(object)}: rule ${index + 1} lets its subjects ${what}`,
            );
  },
};
