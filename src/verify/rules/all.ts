import type { RuleArea } from '../../types/catalog.ts';
import type { Rule } from '../model.ts';
import { AREAS } from '../output/summary.ts';
import { RUN_RULES, type RuleText } from '../run-rules.ts';
import { ENFORCE_RULES } from './enforce/index.ts';
import { FRESH_RULES } from './fresh/index.ts';
import { GRAPH_RULES } from './graph/index.ts';
import { OPEN_RULES } from './open/index.ts';
import { ORDER_RULES } from './order/index.ts';
import { REACH_RULES } from './reach/index.ts';
import { SECRETS_RULES } from './secrets/index.ts';
import { SELECT_RULES } from './select/index.ts';

/** Every rule, in the order of their areas. */
export const RULES: Rule[] = [
  ...REACH_RULES,
  ...ORDER_RULES,
  ...SELECT_RULES,
  ...GRAPH_RULES,
  ...ENFORCE_RULES,
  ...OPEN_RULES,
  ...SECRETS_RULES,
  ...FRESH_RULES,
];

/** What documents say of each rule, and of what a run itself finds. */
export const RULE_TEXTS: RuleText[] = [
  ...RULES.map(({ id, area, severity, title, why, fix }) => ({ id, area, severity, title, why, fix })),
  ...Object.values(RUN_RULES),
];

/** The same by area, for the page of rules in each rendered repository. */
export const RULE_AREAS: RuleArea[] = Object.entries(AREAS)
  .map(([area, title]) => ({ title, rules: RULE_TEXTS.filter((rule) => rule.area === area) }))
  .filter(({ rules }) => rules.length > 0);
