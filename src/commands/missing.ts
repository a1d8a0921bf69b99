import { answered, type Answers } from '../answers.ts';
import type { FlagValue } from '../arguments/parse.ts';
import { UserError } from '../error.ts';
import { questionsOf } from '../questions.ts';
import type { Catalog } from '../types/catalog.ts';
import { givenWords, shellQuote } from './replay.ts';

/** Without a terminal every question must be answered: by flag, by file, or all at once by `--yes`. */
export function refuseMissing(answers: Answers, flags: Record<string, FlagValue>, catalog: Catalog): void {
  const open = questionsOf(catalog, answers).filter(
    ({ kind, name }) => answered(answers, kind, name) === undefined,
  );
  if (open.length === 0 && answers.directory !== undefined) return;
  const lines = open.map(({ flag, label }) => `  --${flag}  ${label}`);
  if (answers.directory === undefined) lines.unshift('  DIRECTORY  where the repository goes');
  const missing = open.flatMap(({ flag, default: value }) => [`--${flag}`, String(value)]);
  const words = [
    'create-zero-trust',
    answers.directory ?? 'my-cluster',
    ...givenWords(answers, flags, catalog),
    ...missing,
  ];
  throw new UserError(
    `No terminal to ask on, and these are not answered:\n${lines.join('\n')}\nTake every default with --yes, or give them:\n  ${words.map(shellQuote).join(' ')}`,
    2,
  );
}
