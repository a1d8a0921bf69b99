import { accessSync, constants, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../error.ts';
import { errno, explain } from './explain.ts';
import { type Conflict, type Found, snapshot } from './snapshot.ts';

/** The folder to write into, as it was when it was looked at. Everything that is decided later is decided from this one look. */
export interface Target {
  /** Absolute, links resolved. */
  dir: string;
  exists: boolean;
  /** Names in the folder, sorted. */
  entries: string[];
  /** Those of the asked paths that exist. */
  found: Map<string, Found>;
  /** Asked paths that cannot be written, whatever the user allows. */
  blocked: Conflict[];
}

/** Looks at `dir` and, inside it, at `paths` (forward slashes). Throws a UserError when nothing can be written there at all. */
export function inspectTarget(dir: string, paths: Iterable<string>): Target {
  const real = realTarget(resolve(dir));
  try {
    const exists = isFolder(real);
    accessSync(exists ? real : nearestFolder(dirname(real)), constants.W_OK);
    const entries = exists ? readdirSync(real).sort() : [];
    return { dir: real, exists, entries, ...snapshot(real, entries.length > 0 ? paths : []) };
  } catch (error) {
    throw explain(error, `Writing to ${real}`);
  }
}

/** Links are followed up to the target itself, so that a linked folder stays a link. */
function realTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    const missing = errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR';
    return missing && parent !== path ? join(realTarget(parent), basename(path)) : path;
  }
}

/** False when nothing is there, or when a file stands above it, which the look at the parents will tell. */
function isFolder(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    if (errno(error) !== 'ENOENT' && errno(error) !== 'ENOTDIR') throw error;
    if (!isLink(path)) return false;
    throw new UserError(`${path} is a broken symbolic link. Remove it, or choose another name.`);
  }
  throw new UserError(`${path} is a file, not a folder. Choose another name, or move it away.`);
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function nearestFolder(path: string): string {
  return isFolder(path) ? path : nearestFolder(dirname(path));
}
