import type { Files } from '../types/files.ts';
import type { Target } from './inspect.ts';
import { sha256 } from './sha256.ts';

/** What happens to one file. `bytes` and `sha256` are those of the new content. */
export interface Change {
  path: string;
  action: 'create' | 'replace' | 'keep';
  bytes: number;
  sha256: string;
}

/** What writing `files` does to the target as it was looked at, sorted by path. `keep`: the same bytes are there already. */
export function changes(target: Pick<Target, 'found'>, files: Files): Change[] {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => {
      const hash = sha256(content);
      const old = target.found.get(path);
      const action = old === undefined ? 'create' : old.sha256 === hash ? 'keep' : 'replace';
      return { path, action, bytes: Buffer.byteLength(content), sha256: hash };
    });
}
