import type { Rule } from '../../model.ts';

export const gap: Rule = {
  id: 'enforce/gap',
  area: 'enforce',
  severity: 'note',
  title: 'A declared control that no chosen component enforces',
  why: 'The graph declares more than the cluster will do. Nothing in the repository is wrong: the choices cannot do it.',
  fix: 'Choose a component that enforces it, or accept the gap: docs/checklist.md has the list to sign.',
  check: ({ declared }) =>
    declared.gaps.map(({ control, reason, items }) => ({
      file: 'zero-trust.yaml',
      message: `${control}: ${reason}${items.length ? ` (${items.join('; ')})` : ''}`,
    })),
};
