import { spellings } from './text.ts';
import type { SecretValue } from './types.ts';

/** Longest piece of a value that may be shown is one character shorter. */
const WINDOW = 6;

/**
 * Replaces by `***` whatever in `text` could come from a value: the value, its base64, and any piece of them of six characters,
 * since programs quote, wrap and shorten what they complain about.
 */
export function scrub(text: string, values: Iterable<SecretValue>): string {
  const pieces = new Map<number, Set<string>>();
  for (const value of values) for (const spelling of spellings(value)) addPieces(pieces, spelling);
  const hidden = new Uint8Array(text.length);
  for (const [size, set] of pieces) {
    for (let at = 0; at + size <= text.length; at++)
      if (set.has(text.slice(at, at + size))) hidden.fill(1, at, at + size);
  }
  return [...hidden.keys()].map((at) => (!hidden[at] ? text[at] : hidden[at - 1] ? '' : '***')).join('');
}

function addPieces(pieces: Map<number, Set<string>>, spelling: string): void {
  const size = Math.min(WINDOW, spelling.length);
  if (size === 0) return;
  const set = pieces.get(size) ?? new Set();
  for (let at = 0; at + size <= spelling.length; at++) set.add(spelling.slice(at, at + size));
  pieces.set(size, set);
}
