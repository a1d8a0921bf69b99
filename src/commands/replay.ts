import { join } from 'node:path';
import type { Answers } from '../answers.ts';
import { inputFlags, slotFlags } from '../arguments/flags.ts';
import type { FlagValue } from '../arguments/parse.ts';
import type { Catalog } from '../types/catalog.ts';
import { version } from '../version.ts';

type Flags = Record<string, FlagValue>;

/**
 * The command that renders the same repository again, without a question.
 *
 * @param keys the flag that gives the public half of a key pair which this run made
 */
export function replayCommand(
  answers: Answers,
  flags: Flags,
  catalog: Catalog,
  keys: { flag: string; value: string } | undefined,
): string {
  const directory = answers.directory ?? 'my-cluster';
  const made = keys ? [`--${keys.flag}`, keys.value] : [];
  // What came through a pipe is gone; the repository holds it.
  const given =
    flags['config'] === '-'
      ? ['--config', join(directory, 'zero-trust.yaml')]
      : givenWords(answers, flags, catalog);
  const over = flags['force'] ? ['--force'] : [];
  const words = [directory, '--', '--yes', ...given, ...made, ...over];
  return `npm create zero-trust@${version} ${words.map(shellQuote).join(' ')}`;
}

/** The answers as words of a command line. */
export function givenWords(answers: Answers, flags: Flags, catalog: Catalog): string[] {
  const words: string[] = [];
  // A value that starts with "-" must be one word with its flag.
  const add = (name: string, value: string) =>
    words.push(...(value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]));
  if (flags['config']) add('config', String(flags['config']));
  if (answers.name !== undefined) add('name', answers.name);
  for (const { name, slot } of slotFlags(catalog))
    if (slot && answers.choices[slot]) add(name, answers.choices[slot]);
  for (const { name, input, type } of inputFlags(catalog)) {
    const value = flags[name] ?? (input && answers.inputs[input]);
    if (value === undefined) continue;
    if (type === 'switch') words.push(value ? `--${name}` : `--no-${name}`);
    else add(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  if (answers.services !== undefined) add('services', answers.services);
  return words;
}

/** One word of a POSIX shell; plain where that is safe. */
export function shellQuote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
