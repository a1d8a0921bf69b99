import { mutantsOf, sample } from './mutants.ts';
import { scenario, SCENARIOS } from './repository.ts';
import { findings, results, type Result } from './score.ts';

/** What `npm run mutate` was asked for. */
export interface Options {
  /** Start of the operators' names. */
  operator: string;
  scenarios: string[];
  perOperator: number;
  /** Whether to say which rules found which mutant. */
  verbose: boolean;
}

/** Breaks the scenarios, prints each survivor as it comes and the score, and tells whether it is high enough. */
export function main({ operator, scenarios, perOperator, verbose }: Options, least: number): boolean {
  const repositories = (scenarios.length ? scenarios : SCENARIOS).map(scenario);
  for (const { name, files } of repositories) {
    for (const one of findings(files))
      console.log(`UNBROKEN   ${name} ${one.rule} ${one.file}: ${one.message}`);
  }
  const all = mutantsOf(repositories, operator);
  const chosen = sample(all, perOperator);
  console.log(`${chosen.length} of ${all.length} mutants`);
  const done: Result[] = [];
  for (const result of results(chosen)) {
    done.push(result);
    if (verbose || result.outcome === 'survived' || result.outcome === 'crashed') console.log(line(result));
  }
  return summary(done) >= least;
}

function line({ mutant, outcome, by }: Result): string {
  const place = `${mutant.repository.name}:${mutant.file}`;
  return `${outcome.toUpperCase().padEnd(10)} ${mutant.operator} ${place} ${mutant.what}${by.length ? ` (${by.join('; ')})` : ''}`;
}

/** Prints the table per operator of what was not found everywhere, then the score in percent. */
function summary(done: Result[]): number {
  const count = (of: Result[], outcome: string) => of.filter((one) => one.outcome === outcome).length;
  for (const operator of new Set(done.map(({ mutant }) => mutant.operator))) {
    const of = done.filter(({ mutant }) => mutant.operator === operator);
    const [found, equivalent] = [count(of, 'found'), count(of, 'equivalent')];
    if (found < of.length)
      console.log(`${operator}: ${found} of ${of.length} found, ${equivalent} equivalent`);
  }
  const found = count(done, 'found');
  const equivalent = count(done, 'equivalent');
  const breaking = done.length - equivalent;
  const score = breaking ? (100 * found) / breaking : 100;
  console.log(
    `Mutation score: ${score.toFixed(1)} % (${found} of ${breaking} found; ${equivalent} more change nothing)`,
  );
  return score;
}
