import { UserError } from '../../src/error.ts';
import type { Finding } from '../../src/verify/model.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULES } from '../../src/verify/rules/all.ts';
import { run } from '../../src/verify/run.ts';
import type { Files } from '../../src/types/files.ts';
import { catalog } from '../support.ts';
import { equivalence } from './equivalence.ts';
import { applied } from './mutant.ts';
import type { Candidate } from './mutants.ts';

/** What became of a mutant; `by` names the rules that found it, the reason why it is the same, or what was thrown. */
export interface Result {
  mutant: Candidate;
  outcome: 'found' | 'equivalent' | 'survived' | 'crashed';
  by: string[];
}

/** Runs `verify` over each mutant. It is found when there is an error or a warning that the unbroken repository has not. */
export function* results(mutants: Candidate[]): Generator<Result> {
  const baselines = new Map<string, Set<string>>();
  for (const mutant of mutants) {
    const { name, files } = mutant.repository;
    const baseline = baselines.get(name) ?? new Set(findings(files).map(identity));
    baselines.set(name, baseline);
    yield { mutant, ...outcomeOf(mutant, files, baseline) };
  }
}

function outcomeOf(mutant: Candidate, files: Files, baseline: Set<string>): Omit<Result, 'mutant'> {
  try {
    const found = findings(applied(files, mutant)).filter((one) => !baseline.has(identity(one)));
    const failed = found.filter(({ rule }) => rule === 'verify/rule-failed').map(({ message }) => message);
    if (failed.length) return { outcome: 'crashed', by: failed };
    if (found.length) return { outcome: 'found', by: [...new Set(found.map(({ rule }) => rule))] };
  } catch (error) {
    if (error instanceof UserError)
      return { outcome: 'found', by: [`refused: ${error.message.split('\n')[0]}`] };
    return { outcome: 'crashed', by: [(error as Error).stack ?? String(error)] };
  }
  const reason = equivalence(mutant);
  return reason ? { outcome: 'equivalent', by: [reason] } : { outcome: 'survived', by: [] };
}

/** Errors and warnings of a repository; notes say what is pending, which is no fault of the files. */
export function findings(files: Files): Finding[] {
  const verdict = run(readModel(files, catalog), RULES, { strict: false });
  return verdict.findings.filter(({ severity }) => severity !== 'note');
}

/** Without its line: a change further up moves it. */
const identity = ({ rule, file, object, message }: Finding) => [rule, file, object, message].join('\n');
