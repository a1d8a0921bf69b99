import type { Rule } from '../../model.ts';

/** https://yaml.org/spec/1.2.2/ */
export const unreadable: Rule = {
  id: 'reach/unreadable',
  area: 'reach',
  severity: 'error',
  title: 'A file cannot be read',
  why: 'GitOps stops at the first file that is no YAML, and nothing of its layer is applied.',
  fix: 'Correct the YAML at the position that is named.',
  check: ({ problems }) => problems,
};
