import { parse } from 'yaml';
import { spellings } from './text.ts';
import type { SecretValue } from './types.ts';

/** Shorter values turn up in ciphertext and names by chance; they are only looked for where their key stands. */
const TELLING = 8;

/**
 * Whether the YAML `output` still holds one of the values (key → value), as text or base64.
 * What `known` holds anyway (names, public inputs) is no leak. Throws when the output is not one YAML document.
 */
export function leaks(output: string, values: Map<string, SecretValue>, known: string): boolean {
  const leaves = [...leavesOf('', parse(output, { logLevel: 'error' }))];
  const texts = [output, ...leaves.map(([, text]) => text)];
  return [...values].some(([key, value]) =>
    spellings(value).some((spelling) => {
      if (leaves.some(([name, text]) => name === key && text.trim() === spelling.trim())) return true;
      return spelling.length >= TELLING && !known.includes(spelling) && texts.some((text) => text.includes(spelling));
    }),
  );
}

/** Every scalar with the key that it stands under. */
function* leavesOf(name: string, node: unknown): Generator<[name: string, text: string]> {
  if (typeof node !== 'object' || node === null) yield [name, String(node)];
  else for (const [key, value] of Object.entries(node)) yield* leavesOf(Array.isArray(node) ? name : key, value);
}
