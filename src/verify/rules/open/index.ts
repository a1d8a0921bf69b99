import type { Rule } from '../../model.ts';
import { gap } from './gap.ts';
import { pendingInput } from './pending-input.ts';

/** What is known to be open, and not by a mistake: notes. */
export const OPEN_RULES: Rule[] = [gap, pendingInput];
