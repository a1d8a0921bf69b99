import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../error.ts';
import type { Files } from '../types/files.ts';
import { errno } from './explain.ts';
import type { Conflict } from './snapshot.ts';

/** The largest manifests, bundles of CRDs, have 6 MiB. */
const MAX_FILE = 16 * 1024 * 1024;
/** More is no repository of manifests: somebody named a home folder or a disk. */
const MAX_TOTAL = 256 * 1024 * 1024;
const MAX_FILES = 100_000;
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** A repository as it lies on disk. */
export interface Tree {
  /** Every text file, by path (forward slashes), sorted. */
  files: Files;
  /** What could not be read, and why: too large, no text, a link that leads outside. */
  skipped: Conflict[];
}

interface Walk extends Tree {
  root: string;
  bytes: number;
  entries: number;
}

/** Reads every text file below a folder. Links are followed while they stay inside. Throws a UserError when it is far too large for a repository. */
export function readTree(root: string): Tree {
  const walk: Walk = { root: realpathSync(root), files: new Map(), skipped: [], bytes: 0, entries: 0 };
  walkFolder(walk, '', [walk.root]);
  const byPath = (a: string, b: string) => (a < b ? -1 : 1);
  return {
    files: new Map([...walk.files].sort(([a], [b]) => byPath(a, b))),
    skipped: walk.skipped.sort((a, b) => byPath(a.path, b.path)),
  };
}

/** @param above the real folders that are being walked, in which a link must not lead again */
function walkFolder(walk: Walk, folder: string, above: string[]): void {
  for (const entry of list(walk, folder)) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (++walk.entries > MAX_FILES) refuse(walk, `more than ${MAX_FILES} files`);
    const target = entry.isSymbolicLink() ? follow(walk, path) : { real: join(walk.root, path), stat: entry };
    if (typeof target === 'string') walk.skipped.push({ path, reason: target });
    else if (target.stat.isFile()) readFile(walk, path);
    else if (target.stat.isDirectory() && !above.includes(target.real))
      walkFolder(walk, path, [...above, target.real]);
    else if (target.stat.isDirectory()) walk.skipped.push({ path, reason: 'is a link to a folder above it' });
  }
}

function list(walk: Walk, folder: string): Dirent[] {
  try {
    return readdirSync(join(walk.root, folder), { withFileTypes: true });
  } catch (error) {
    if (errno(error) === undefined) throw error;
    walk.skipped.push({ path: folder || '.', reason: `cannot be read (${errno(error)})` });
    return [];
  }
}

function follow({ root }: Walk, path: string): { real: string; stat: Stats } | string {
  try {
    const real = realpathSync(join(root, path));
    const inside = relative(root, real).split(sep);
    if (inside[0] === '..' || join(root, ...inside) !== real) return 'is a symbolic link that leads outside';
    return { real, stat: statSync(real) };
  } catch {
    return 'is a broken symbolic link';
  }
}

function readFile(walk: Walk, path: string): void {
  const text = read(join(walk.root, path));
  if ('reason' in text) return void walk.skipped.push({ path, reason: text.reason });
  walk.bytes += text.bytes;
  if (walk.bytes > MAX_TOTAL) refuse(walk, `more than ${MAX_TOTAL / 1024 / 1024} MiB of text`);
  walk.files.set(path, text.content);
}

function read(path: string): { content: string; bytes: number } | { reason: string } {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE) return { reason: `is larger than ${MAX_FILE / 1024 / 1024} MiB` };
    const bytes = readFileSync(path);
    if (bytes.includes(0)) return { reason: 'is no text: it holds a null byte' };
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { content: content.replaceAll('\r\n', '\n'), bytes: size };
  } catch (error) {
    if (error instanceof TypeError) return { reason: 'is no text in UTF-8' };
    if (errno(error) === undefined) throw error;
    return { reason: `cannot be read (${errno(error)})` };
  }
}

function refuse(walk: Walk, what: string): never {
  throw new UserError(
    `${walk.root} holds ${what}. Name the directory of the repository: create-zero-trust verify DIRECTORY`,
  );
}
