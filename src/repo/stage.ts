import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Files } from '../types/files.ts';
import { segments } from './path.ts';

/** Files written before the event loop gets a turn, so that a signal is noticed. */
const BATCH = 64;

/**
 * Writes files (path → content) below the new folder `root`: folders 0755, files 0644, those in `executable` 0755.
 * Synchronous calls in batches: as fast as concurrent ones on a disk, three times faster in memory.
 */
export async function stage(
  root: string,
  files: Files,
  executable: Set<string>,
  signal?: AbortSignal,
): Promise<void> {
  const folders = new Set<string>();
  const all = [...files];
  for (let start = 0; start < all.length || start === 0; start += BATCH) {
    signal?.throwIfAborted();
    withPlainUmask(() => {
      makeFolder(root, [], folders);
      for (const [path, content] of all.slice(start, start + BATCH))
        writeOne(root, path, content, folders, executable.has(path));
    });
    await setImmediate();
  }
  signal?.throwIfAborted();
}

/** The umask belongs to the whole process, so `action` must be synchronous. */
export function withPlainUmask<T>(action: () => T): T {
  const before = process.umask(0o022);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}

function writeOne(
  root: string,
  path: string,
  content: string,
  folders: Set<string>,
  executable: boolean,
): void {
  makeFolder(root, segments(path).slice(0, -1), folders);
  writeFileSync(join(root, path), content, { flag: 'wx' });
  if (executable) chmodSync(join(root, path), 0o755);
}

function makeFolder(root: string, parts: string[], made: Set<string>): void {
  const path = parts.join('/');
  if (made.has(path)) return;
  if (parts.length) makeFolder(root, parts.slice(0, -1), made);
  mkdirSync(join(root, path));
  made.add(path);
}
