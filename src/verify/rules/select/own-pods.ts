import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, selects, templatesOf } from '../../selectors.ts';

/** Jobs and CronJobs select their pods by a label that Kubernetes itself sets. */
const SELECTING = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'];

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector */
export const ownPods: Rule = {
  id: 'select/own-pods',
  area: 'select',
  severity: 'error',
  title: 'A workload selects its own pods',
  why: 'The API server refuses a workload whose selector does not match its own pod template.',
  fix: 'Give spec.selector.matchLabels labels that the pod template carries.',
  *check(model) {
    for (const { object, labels } of templatesOf(model)) {
      if (!SELECTING.includes(object.kind)) continue;
      const selector = dig(object.body, 'spec', 'selector');
      if (isEmptySelector(selector) || !selects(selector, labels))
        yield hit(
          object,
          ['spec', 'selector'],
          `${nameOf(object)}: spec.selector does not select its own pods`,
        );
    }
  },
};
