import type { Rule } from '../../model.ts';
import { requestHits } from './requests.ts';

export const rulesNarrower: Rule = {
  id: 'graph/rules-narrower',
  area: 'graph',
  severity: 'error',
  title: 'A declared request is refused',
  why: 'The connection opens, but the proxy answers 403 for methods or paths that the caller needs.',
  fix: 'Give the rule the declared methods and paths.',
  check: (model) => requestHits(model, 'narrower', 'refused'),
};
