import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://gateway-api.sigs.k8s.io/api-types/gatewayclass/ */
export const gatewayClass: Rule = {
  id: 'select/gateway-class',
  area: 'select',
  severity: 'error',
  title: 'A GatewayClass exists',
  why: 'A Gateway whose class nobody serves gets no proxy and no address.',
  fix: 'Name the class that the installed gateway controller serves.',
  check: (model) => unresolved(model, (one) => one.kind === 'GatewayClass'),
};
