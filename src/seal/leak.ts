import { parse } from 'yaml';
import { spellings } from './text.ts';
import type { SecretValue } from './types.ts';

/** Shorter values turn up in ciphertext and names by chance; they are only looked for where their key stands. */
const TELLING = 8;

/**
 * Why the output of a program cannot be the ciphertext of `values` (key → value), or undefined when it can:
 * it must be one YAML document that holds no value, as text or base64. What `known` holds anyway (names, public inputs) is no leak.
 */
export function whyNotSealed(
  output: string,
  values: Map<string, SecretValue>,
  known: string,
): string | undefined {
  if (output.trim() === '') return 'returned nothing';
  const leaves = readLeaves(output);
  if (leaves === undefined) return 'did not return one YAML document';
  const texts = [output, ...leaves.map(([, text]) => text)];
  const leaked = [...values].some(([key, value]) =>
    spellings(value).some((spelling) => {
      if (leaves.some(([name, text]) => name === key && text.trim() === spelling.trim())) return true;
      return (
        spelling.length >= TELLING &&
        !known.includes(spelling) &&
        texts.some((text) => text.includes(spelling))
      );
    }),
  );
  return leaked ? 'returned a value that is not encrypted' : undefined;
}

type Leaf = [name: string, text: string];

function readLeaves(output: string): Leaf[] | undefined {
  try {
    return [...leavesOf('', parse(output, { logLevel: 'error' }))];
  } catch {
    return undefined;
  }
}

/** Every scalar with the key that it stands under. */
function* leavesOf(name: string, node: unknown): Generator<Leaf> {
  if (typeof node !== 'object' || node === null) yield [name, String(node)];
  else
    for (const [key, value] of Object.entries(node)) yield* leavesOf(Array.isArray(node) ? name : key, value);
}
