import { answered, type Answers } from '../answers.ts';
import { UserError } from '../error.ts';
import { questionsOf } from '../questions.ts';
import type { Catalog } from '../types/catalog.ts';

/** Without a terminal every question must be answered: by flag, by file, or all at once by `--yes`. */
export function refuseMissing(answers: Answers, catalog: Catalog): void {
  const questions = questionsOf(catalog, answers).filter(({ kind, name }) => answered(answers, kind, name) === undefined);
  const missing = questions.map((one) => ({ flag: `--${one.flag}`, value: String(one.default), label: one.label }));
  const directory = answers.directory ?? 'my-cluster';
  if (missing.length === 0 && answers.directory !== undefined) return;
  const lines = missing.map(({ flag, label }) => `  ${flag}  ${label}`);
  if (answers.directory === undefined) lines.unshift('  DIRECTORY  where the repository goes');
  const command = ['create-zero-trust', directory, ...missing.flatMap(({ flag, value }) => [flag, value])].join(' ');
  throw new UserError(`No terminal to ask on, and these are not answered:\n${lines.join('\n')}\nTake every default with --yes, or give them:\n  ${command}`, 2);
}
