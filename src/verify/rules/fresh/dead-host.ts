import type { Rule } from '../../model.ts';
import { DEAD } from './hosts.ts';
import { mentions } from './mentions.ts';

export const deadHost: Rule = {
  id: 'fresh/dead-host',
  area: 'fresh',
  severity: 'error',
  title: 'Charts and images come from hosts that are alive',
  why: 'A cluster that is built anew, or a node that pulls again, gets nothing; names that were given up can be taken.',
  fix: 'Write the new address.',
  check: (model) => mentions(model, DEAD),
};
