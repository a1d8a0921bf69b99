import type { Rule } from '../model.ts';

/** Every rule, in the order of their areas. */
export const RULES: Rule[] = [];
