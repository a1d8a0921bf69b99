import { createHash } from 'node:crypto';
import type { Mutant } from './mutant.ts';
import { OPERATORS } from './operators/index.ts';
import type { Repository } from './repository.ts';

/** A mutant of one of several repositories. */
export interface Candidate extends Mutant {
  repository: Repository;
}

/**
 * Every operator at every place where it applies. A place that an earlier repository has too, word for word, is left out.
 *
 * @param wanted the start of the operators' names, or nothing for all
 */
export function mutantsOf(repositories: Repository[], wanted = ''): Candidate[] {
  const seen = new Set<string>();
  return repositories.flatMap((repository) =>
    Object.entries(OPERATORS)
      .filter(([operator]) => operator.startsWith(wanted))
      .flatMap(([operator, of]) => [...of(repository)].map((mutant) => ({ ...mutant, operator, repository })))
      .filter((mutant) => {
        const text = repository.files.get(mutant.file) ?? '';
        const key = hash(
          [mutant.operator, mutant.file.replace(repository.name, ''), mutant.what, text].join('\n'),
        );
        return !seen.has(key) && seen.add(key);
      }),
  );
}

/** At most so many of each operator, the same ones each time, from all over the repositories. */
export function sample(mutants: Candidate[], perOperator: number): Candidate[] {
  const groups = new Map<string, Candidate[]>();
  for (const mutant of mutants) groups.set(mutant.operator, [...(groups.get(mutant.operator) ?? []), mutant]);
  return [...groups.values()].flatMap((group) =>
    group
      .map((mutant) => ({ mutant, rank: hash(`${mutant.repository.name} ${mutant.file} ${mutant.what}`) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, perOperator)
      .map(({ mutant }) => mutant),
  );
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
