import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** A Secret without which a container does not start: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist */
export const secret: Rule = {
  id: 'select/secret',
  area: 'select',
  severity: 'error',
  title: 'A Secret that is read exists',
  why: 'Pods whose Secret is missing do not start; controllers whose credentials are missing do nothing.',
  fix: 'Declare the Secret in zero-trust.yaml and seal it, or correct the name or key.',
  check: (model) => unresolved(model, (one) => one.kind === 'Secret'),
};
