import { EQUIVALENT } from './equivalent.ts';
import type { Candidate } from './mutants.ts';

/** A kind of mutant after which the cluster does the same, and why. */
export interface Equivalent {
  operator: RegExp;
  /** Of the repository's name, of the file, and of the change. */
  repository?: RegExp;
  file?: RegExp;
  what?: RegExp;
  reason: string;
}

/** Why a mutant changes nothing, if it is one of those. */
export const equivalence = (mutant: Candidate): string | undefined =>
  EQUIVALENT.find((one) => matches(one, mutant))?.reason;

export function matches(one: Equivalent, { operator, repository, file, what }: Candidate): boolean {
  const pairs = [
    [one.operator, operator],
    [one.repository, repository.name],
    [one.file, file],
    [one.what, what],
  ] as const;
  return pairs.every(([pattern, text]) => !pattern || pattern.test(text));
}
