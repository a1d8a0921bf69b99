import type { Rule } from '../../model.ts';
import { unresolved } from './unresolved.ts';

/** https://cert-manager.io/docs/configuration/ */
export const issuer: Rule = {
  id: 'select/issuer',
  area: 'select',
  severity: 'error',
  title: 'An issuer of certificates exists',
  why: 'A Certificate without issuer is never signed, so its listener serves nothing.',
  fix: 'Correct issuerRef, or add the issuer.',
  check: (model) => unresolved(model, (one) => one.field === 'issuerRef'),
};
