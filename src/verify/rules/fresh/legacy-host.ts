import type { Rule } from '../../model.ts';
import { LEGACY } from './hosts.ts';
import { mentions } from './mentions.ts';

export const legacyHost: Rule = {
  id: 'fresh/legacy-host',
  area: 'fresh',
  severity: 'warning',
  title: 'Charts and images come from their source',
  why: 'A mirror is updated later, or not at all: fixes arrive when they have long been read by others.',
  fix: 'Write the address of the source.',
  check: (model) => mentions(model, LEGACY),
};
