import type { Mutant } from './mutant.ts';

/** Mutants after which the cluster does the same, and why. */
export interface Equivalent {
  operator: RegExp;
  /** Of the file, and of the change. */
  file?: RegExp;
  what?: RegExp;
  reason: string;
}

export const EQUIVALENT: Equivalent[] = [];

/** Why a mutant changes nothing, if it is one of those. */
export function equivalence({ operator, file, what }: Mutant): string | undefined {
  return EQUIVALENT.find(
    (one) => one.operator.test(operator) && (one.file ?? /^/).test(file) && (one.what ?? /^/).test(what),
  )?.reason;
}
