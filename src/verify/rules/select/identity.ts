import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, templatesOf, text } from '../../selectors.ts';
import { serviceOf } from './find.ts';

/** https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts */
export const identity: Rule = {
  id: 'select/identity',
  area: 'select',
  severity: 'error',
  title: 'Every workload has an identity of its own',
  why: 'What shares an account shares its rights, and a mesh that knows callers by their account cannot tell them apart.',
  fix: 'Make a ServiceAccount for the workload and name it in serviceAccountName.',
  *check(model) {
    for (const { object, spec, path } of templatesOf(model)) {
      const account = text(spec['serviceAccountName']) || 'default';
      const here = [...path, 'spec', 'serviceAccountName'];
      const declared = serviceOf(model, object)?.serviceAccount.name ?? account;
      if (account === 'default')
        yield hit(object, here, `${nameOf(object)}: runs as the account default of ${object.namespace}`);
      else if (account !== declared)
        yield hit(
          object,
          here,
          `${nameOf(object)}: runs as ${account}; in zero-trust.yaml it is ${declared}`,
        );
    }
  },
};
