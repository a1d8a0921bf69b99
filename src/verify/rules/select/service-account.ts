import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/ */
export const serviceAccount: Rule = {
  id: 'select/service-account',
  area: 'select',
  severity: 'error',
  title: 'A ServiceAccount that is used exists',
  why: 'Pods of an account that does not exist are refused; a layer applied by it stands still.',
  fix: 'Add the ServiceAccount in the same namespace, or correct serviceAccountName.',
  check: (model) => unresolved(model, (one) => one.kind === 'ServiceAccount' && one.field !== 'subjects'),
};
