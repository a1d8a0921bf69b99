import type { Rule } from '../../model.ts';
import { requestHits } from './requests.ts';

export const rulesWider: Rule = {
  id: 'graph/rules-wider',
  area: 'graph',
  severity: 'error',
  title: 'A caller may send requests that nobody declared',
  why: 'The connection is declared for certain methods and paths. A caller that is taken over can use all that the rule lets through.',
  fix: 'Give the rule the declared methods and paths.',
  check: (model) => requestHits(model, 'wider', 'let through, not declared'),
};
