import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean "x"?` for the nearest of the allowed names, or nothing when none is near. */
export function didYouMean(given: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return '';
  const nearest = closest(given, allowed);
  return distance(given, nearest) <= Math.max(2, given.length / 3) ? ` Did you mean "${nearest}"?` : '';
}
