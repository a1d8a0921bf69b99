import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, ofKind, selects } from '../../selectors.ts';

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
export const disruptionBudget: Rule = {
  id: 'select/disruption-budget',
  area: 'select',
  severity: 'warning',
  title: 'A service with several pods has a disruption budget',
  why: 'Draining a node may take every pod of a service at once. A budget without selector counts every pod of its namespace.',
  fix: 'Give each service its PodDisruptionBudget, selecting its own pods.',
  *check(model) {
    const budgets = ofKind(model, 'policy/PodDisruptionBudget');
    const byNamespace = new Map<string, unknown[]>();
    for (const one of budgets) {
      const selector = dig(one.body, 'spec', 'selector');
      byNamespace.set(one.namespace, [...(byNamespace.get(one.namespace) ?? []), selector]);
      if (isEmptySelector(selector))
        yield hit(
          one,
          ['spec', 'selector'],
          `${nameOf(one)}: spec.selector is empty and selects every pod of ${one.namespace}`,
        );
    }
    for (const { name, namespace, folder, labels, disruptionBudget: wanted, own } of model.declared
      .services) {
      const selectors = byNamespace.get(namespace) ?? [];
      if (own || !wanted || selectors.some((one) => !isEmptySelector(one) && selects(one, labels))) continue;
      const message = `the service ${name} has several pods and no PodDisruptionBudget in ${namespace}`;
      yield { file: `apps/${folder}/disruption-budget.yaml`, message };
    }
  },
};
