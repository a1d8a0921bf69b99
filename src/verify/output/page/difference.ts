import type { Difference } from './connections.ts';

/** How a difference is shown and said. */
export const CLASSES: Record<Difference, string> = { match: 'good', blocked: 'bad', open: 'bad', none: '' };
export const WORDS: Record<Difference, string> = {
  match: 'as declared',
  blocked: 'declared, but blocked',
  open: 'open, but not declared',
  none: 'one layer allows, another stops it',
};
