import type { Rule } from '../../model.ts';
import { blocked } from './blocked.ts';
import { loose } from './loose.ts';
import { open } from './open.ts';
import { plaintext } from './plaintext.ts';
import { rulesNarrower } from './rules-narrower.ts';
import { rulesWider } from './rules-wider.ts';

/** Whether what the policies do together is what the graph declares: nothing more, nothing less. */
export const GRAPH_RULES: Rule[] = [blocked, open, loose, plaintext, rulesWider, rulesNarrower];
