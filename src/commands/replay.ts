import type { Answers } from '../answers.ts';
import { inputFlags, slotFlags } from '../arguments/flags.ts';
import type { FlagValue } from '../arguments/parse.ts';
import type { Catalog } from '../types/catalog.ts';
import { version } from '../version.ts';

/**
 * The command that renders the same repository again, without a question.
 *
 * @param keys the flag that gives the public half of a key pair which this run made
 */
export function replayCommand(answers: Answers, flags: Record<string, FlagValue>, catalog: Catalog, keys: { flag: string; value: string } | undefined): string {
  const words = [answers.directory ?? 'my-cluster', '--', '--yes'];
  if (flags['config']) words.push('--config', String(flags['config']));
  if (answers.name !== undefined) words.push('--name', answers.name);
  for (const { name, slot } of slotFlags(catalog)) if (slot && answers.choices[slot]) words.push(`--${name}`, answers.choices[slot]);
  for (const { name, input, type } of inputFlags(catalog)) {
    const value = flags[name] ?? (input && answers.inputs[input]);
    if (value === undefined) continue;
    if (type === 'switch') words.push(value ? `--${name}` : `--no-${name}`);
    else words.push(`--${name}`, Array.isArray(value) ? value.join(',') : String(value));
  }
  if (keys) words.push(`--${keys.flag}`, keys.value);
  if (answers.services !== undefined) words.push('--services', answers.services);
  return `npm create zero-trust@${version} ${words.map(shellQuote).join(' ')}`;
}

/** One word of a POSIX shell; plain where that is safe. */
export function shellQuote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
