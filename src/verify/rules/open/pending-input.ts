import type { Rule } from '../../model.ts';

export const pendingInput: Rule = {
  id: 'enforce/pending',
  area: 'enforce',
  severity: 'note',
  title: 'An input that only you can supply is not given',
  why: 'A default stands in its place that no real cluster can use, or that leaves a rule wider than it has to be.',
  fix: 'Run the command of the finding in the repository, then commit.',
  // Secrets without a value have a rule of their own.
  check: ({ declared }) =>
    declared.pending
      .filter(({ id }) => !id.startsWith('secret '))
      .map(({ what, command }) => ({ file: 'zero-trust.yaml', message: what, fix: command })),
};
