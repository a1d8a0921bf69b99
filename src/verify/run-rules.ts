import type { Rule } from './model.ts';

/** A rule's texts, without its check: what documents are made of. */
export type RuleText = Omit<Rule, 'check'>;

/** What a run itself has to say: about rules that fail, and about comments that ignore a finding. None of these can be ignored. */
export const RUN_RULES = {
  failed: {
    id: 'verify/rule-failed',
    area: 'verify',
    severity: 'error',
    title: 'A rule could not finish',
    why: 'What a rule did not look at is not proven. It failed on content that it did not expect.',
    fix: 'Make the file that the message names plain, or report the fault: npm bugs create-zero-trust',
  },
  reason: {
    id: 'verify/ignore-reason',
    area: 'verify',
    severity: 'error',
    title: 'A finding is ignored without a reason',
    why: 'Nobody can review later why a control was given up. The finding counts until a reason is there.',
    fix: 'Write the reason after the rule: # zero-trust: ignore RULE reason',
  },
  unknown: {
    id: 'verify/ignore-unknown',
    area: 'verify',
    severity: 'error',
    title: 'An ignored rule is not known',
    why: 'A misspelt name ignores nothing, and whoever reads the comment believes otherwise.',
    fix: 'Name a rule of this page, or remove the comment.',
  },
  unused: {
    id: 'verify/ignore-unused',
    area: 'verify',
    severity: 'warning',
    title: 'A comment ignores nothing',
    why: 'The finding is gone, and the comment would hide the next one at this place.',
    fix: 'Remove the comment.',
  },
} as const satisfies Record<string, RuleText>;
