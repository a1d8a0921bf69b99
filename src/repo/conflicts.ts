import type { Files } from '../types/files.ts';
import { changes } from './changes.ts';
import type { Target } from './inspect.ts';
import type { Conflict } from './snapshot.ts';

/** What `git init` and a code host's "new repository" page leave behind. */
const FINE = /^(\.git|licen[cs]e(\.\w+)?|readme(\.\w+)?)$/i;
const README = /^readme(\.\w+)?$/i;

/**
 * Why a new repository must not be written into the target, sorted by path; empty when it may.
 * With `force`, files of the Plan may be replaced and anything else may lie beside them; what cannot be replaced stays a conflict.
 */
export function conflicts(target: Target, files: Files, options: { force: boolean }): Conflict[] {
  if (options.force || target.entries.length === 0) return target.blocked;
  const replaced = changes(target, files).filter(
    ({ action, path }) => action === 'replace' && !README.test(path),
  );
  const found = [
    ...target.blocked,
    ...replaced.map(({ path }) => ({ path, reason: 'differs from the file to be written' })),
  ];
  const covered = new Set(found.map(({ path }) => path.split('/')[0]));
  const others = target.entries.filter((name) => !FINE.test(name) && !covered.has(name));
  return [...found, ...others.map((path) => ({ path, reason: 'is there already' }))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}
