import { type Stats, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { segments } from './path.ts';
import { sha256 } from './sha256.ts';

/** A file that is there already. */
export interface Found {
  sha256: string;
  executable: boolean;
}

/** A path that stands in the way, and why. */
export interface Conflict {
  path: string;
  reason: string;
}

interface Snapshot {
  found: Map<string, Found>;
  blocked: Conflict[];
}

type FolderState = 'absent' | 'folder' | Conflict;

/** What lies at `paths` inside the existing folder `root`. A link is followed only while it stays inside. */
export function snapshot(root: string, paths: Iterable<string>): Snapshot {
  const found = new Map<string, Found>();
  const blocked = new Map<string, Conflict>();
  const folders = new Map<string, FolderState>([['', 'folder']]);
  for (const path of paths) {
    const folder = folderState(root, segments(path).slice(0, -1), folders);
    const file = folder === 'folder' ? fileState(root, path) : folder;
    if (file === 'absent') continue;
    if ('reason' in file) blocked.set(file.path, file);
    else found.set(path, file);
  }
  return { found, blocked: [...blocked.values()] };
}

function folderState(root: string, parts: string[], known: Map<string, FolderState>): FolderState {
  const path = parts.join('/');
  const seen = known.get(path);
  if (seen) return seen;
  const parent = folderState(root, parts.slice(0, -1), known);
  const state = parent === 'folder' ? lookAtFolder(root, path) : parent;
  known.set(path, state);
  return state;
}

function lookAtFolder(root: string, path: string): FolderState {
  const stat = lookAt(root, path);
  if (stat === undefined) return 'absent';
  if (stat === 'outside') return { path, reason: 'is a symbolic link that leads outside' };
  return stat.isDirectory() ? 'folder' : { path, reason: 'is a file where a folder must be' };
}

function fileState(root: string, path: string): 'absent' | Found | Conflict {
  const stat = lookAt(root, path);
  if (stat === undefined) return 'absent';
  if (stat === 'outside') return { path, reason: 'is a symbolic link that leads outside' };
  if (stat.isDirectory()) return { path, reason: 'is a folder where a file must be' };
  if (!stat.isFile()) return { path, reason: 'is not a regular file' };
  return { sha256: sha256(readFileSync(join(root, path))), executable: (stat.mode & 0o111) !== 0 };
}

/** The file or folder at a path; a link that is broken counts as one that leads outside, since writing through it could. */
function lookAt(root: string, path: string): Stats | 'outside' | undefined {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (!stat?.isSymbolicLink()) return stat;
  const behind = statSync(full, { throwIfNoEntry: false });
  return behind && isInside(root, realpathSync(full)) ? behind : 'outside';
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}
