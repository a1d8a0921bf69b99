import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, ofKind } from '../../selectors.ts';

export const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces */
export const podSecurity: Rule = {
  id: 'select/pod-security',
  area: 'select',
  severity: 'error',
  title: 'Every namespace has a Pod Security level',
  why: 'A namespace without the label admits privileged pods.',
  fix: `Label the namespace with ${ENFORCE}: restricted.`,
  *check(model) {
    for (const one of ofKind(model, '/Namespace')) {
      if (!(ENFORCE in one.labels))
        yield hit(one, ['metadata', 'labels'], `${nameOf(one)}: has no label ${ENFORCE}`);
      else if (!['privileged', 'baseline', 'restricted'].includes(one.labels[ENFORCE]!))
        yield hit(
          one,
          ['metadata', 'labels', ENFORCE],
          `${nameOf(one)}: ${ENFORCE} is ${one.labels[ENFORCE]}, which is no level`,
        );
    }
    const made = new Set(ofKind(model, '/Namespace').map((one) => one.name));
    for (const { name, kind } of model.declared.namespaces.filter((one) => !made.has(one.name)))
      yield {
        file: `infrastructure/namespaces/${name}.yaml`,
        object: `Namespace ${name}`,
        message: `the ${kind} namespace ${name} is declared, but no object makes it`,
      };
  },
};
