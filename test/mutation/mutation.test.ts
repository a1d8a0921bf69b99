import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { matches } from './equivalence.ts';
import { EQUIVALENT } from './equivalent.ts';
import { applied } from './mutant.ts';
import { mutantsOf, sample } from './mutants.ts';
import { OPERATORS } from './operators/index.ts';
import { scenario, SCENARIOS } from './repository.ts';
import { findings, results } from './score.ts';

/** `npm run mutate` tries thousands; here are so many that `npm test` stays short. */
const COUNT = 90;
/** Percent. Below the 99 of the long run: with one mutant of each kind, a kind that is hard to find weighs as much as any other. */
const LEAST = 98;

const repositories = SCENARIOS.map(scenario);
const all = mutantsOf(repositories);

it.each(repositories)('nothing is wrong with $name as it is', ({ files }) => {
  expect(findings(files)).toEqual([]);
});

it('finds what was broken', { timeout: 120_000 }, () => {
  const small = all.filter(({ repository }) => /^(default|other-options)$/.test(repository.name));
  // Evenly from the list of operators, so that each area has some.
  const chosen = sample(small, 1).filter((_, index, list) => (index * COUNT) % list.length < COUNT);
  const missed = [...results(chosen)].filter(({ outcome }) => /survived|crashed/.test(outcome));
  const lines = missed.map(({ mutant, by }) => [mutant.operator, mutant.file, mutant.what, ...by].join(' '));
  expect((100 * lines.length) / chosen.length, lines.join('\n')).toBeLessThanOrEqual(100 - LEAST);
});

describe('mutants', () => {
  it('come from every operator', () => {
    expect(Object.keys(OPERATORS).filter((name) => !all.some(({ operator }) => operator === name))).toEqual(
      [],
    );
  });

  it('are the same each time', () => {
    const names = (list: typeof all) => list.map(({ operator, file, what }) => [operator, file, what]);
    expect(names(sample(mutantsOf(repositories), 2))).toEqual(names(sample(all, 2)));
  });

  it('differ from their repository, and are YAML still', () => {
    for (const mutant of sample(all, 3)) {
      const { files } = mutant.repository;
      const after = applied(files, mutant);
      const changed = [...after].filter(([file, text]) => files.get(file) !== text);
      const deleted = [...files.keys()].filter((file) => !after.has(file));
      expect([...changed, ...deleted], `${mutant.operator} ${mutant.what}`).not.toEqual([]);
      for (const [file, text] of changed.filter(([name]) => name.endsWith('.yaml'))) {
        const documents = parseAllDocuments(text);
        const errors = 'empty' in documents ? [] : documents.flatMap((one) => one.errors);
        expect(errors, `${mutant.operator} ${file}`).toEqual([]);
      }
    }
  });

  it('of every entry that calls some equivalent are there', () => {
    expect(EQUIVALENT.filter((one) => !all.some((mutant) => matches(one, mutant)))).toEqual([]);
  });
});
