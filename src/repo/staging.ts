import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Target } from './inspect.ts';
import { withPlainUmask } from './stage.ts';

/** A private folder on the target's file system. */
export interface Staging {
  dir: string;
  /** Removes it, and after a failure the parents of the target that were made for it. */
  close(failed: boolean): Promise<void>;
}

/**
 * Makes the staging folder beside the target, and the target's parents when missing.
 * An existing target whose parent is closed or on another file system (a container's mount) gets it inside.
 */
export function openStaging(target: Target): Staging {
  const parents = makeParents(target.dir);
  try {
    const dir = target.exists && !isBesideUsable(target.dir) ? inside(target.dir) : beside(target);
    return { dir, close: (failed) => close(dir, failed ? parents : []) };
  } catch (error) {
    removeEmpty(parents);
    throw error;
  }
}

function beside(target: Target): string {
  try {
    return mkdtempSync(join(dirname(target.dir), `.${basename(target.dir)}.zero-trust-`));
  } catch (error) {
    if (target.exists) return inside(target.dir);
    throw error;
  }
}

function inside(dir: string): string {
  return mkdtempSync(join(dir, '.zero-trust-staging-'));
}

function isBesideUsable(dir: string): boolean {
  return dirname(dir) !== dir && statSync(dirname(dir)).dev === statSync(dir).dev;
}

/** Makes the missing folders above the target. Returns those it made, deepest first. */
function makeParents(dir: string): string[] {
  const missing: string[] = [];
  for (let path = dirname(dir); !existsSync(path); path = dirname(path)) missing.push(path);
  const made: string[] = [];
  try {
    for (const path of missing.reverse()) if (makeFolder(path)) made.unshift(path);
    return made;
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
}

/** False when another process was quicker. */
function makeFolder(path: string): boolean {
  return withPlainUmask(() => mkdirSync(path, { recursive: true })) !== undefined;
}

async function close(dir: string, parents: string[]): Promise<void> {
  // A staging folder that cannot be removed must not hide the result of the write.
  await rm(dir, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  removeEmpty(parents);
}

function removeEmpty(parents: string[]): void {
  try {
    for (const path of parents) rmdirSync(path);
  } catch {
    // Someone else uses it by now.
  }
}
