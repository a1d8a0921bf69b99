import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { admissionPolicies, isAbout, isDigestRule, isWanted } from './admission.ts';

/** A policy that only reports, where the stage in zero-trust.yaml is enforce. */
export const policyStage: Rule = {
  id: 'enforce/policy-stage',
  area: 'enforce',
  severity: 'error',
  title: 'A policy refuses where the stage is enforce',
  why: 'A policy that audits writes a report, and lets the object in.',
  fix: 'Set validationActions to [Deny], in a constraint enforcementAction to deny, or the stage of the namespace in zero-trust.yaml to audit.',
  *check(model) {
    for (const policy of admissionPolicies(model).filter((one) => !one.refuses)) {
      const wanted = model.declared.namespaces.filter(
        (one) => isAbout(policy, one.name, one.labels) && isWanted(one, isDigestRule(policy)),
      );
      if (wanted.length === 0) continue;
      const { object, path, actions } = policy;
      const names = wanted.map((one) => one.name).join(', ');
      yield hit(
        object,
        path,
        `${nameOf(object)}: only does ${actions.join(', ') || 'what the default is'} in ${names}, where the stage is enforce`,
      );
    }
  },
};
