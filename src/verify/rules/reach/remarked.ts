import type { Rule } from '../../model.ts';

/** A rule that says what reading met, by its causes. */
export const remarked = (causes: string[], rule: Omit<Rule, 'check' | 'area'>): Rule => ({
  ...rule,
  area: 'reach',
  *check({ remarks = [] }) {
    for (const { cause, ...hit } of remarks) if (causes.includes(cause)) yield hit;
  },
});
