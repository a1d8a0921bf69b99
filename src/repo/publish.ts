import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import { rename } from './rename.ts';

export interface Move {
  /** The finished files. */
  from: string;
  /** An empty place on the same file system for what is replaced; must outlive a `NotRestored`. */
  backup: string;
  to: string;
  /** Existing files to replace, and existing files to remove. */
  replaced: Set<string>;
  removed: string[];
  signal?: AbortSignal;
}

/** Something that was there before could not be put back; it lies in the backup folder. */
export class NotRestored extends UserError {}

type Undo = () => Promise<void>;

/**
 * Moves the tree `from` into place: a folder that does not exist yet by one rename, else file by file.
 * On any failure everything is put back as it was and the failure is thrown again.
 */
export async function publish(move: Move): Promise<void> {
  const undo: Undo[] = [];
  try {
    mkdirSync(move.backup);
    await moveTree(move, '', undo);
    for (const path of move.removed) await setAside(move, path, undo);
  } catch (error) {
    await restore(undo, move, error);
    throw error;
  }
}

async function moveTree(move: Move, path: string, undo: Undo[]): Promise<void> {
  move.signal?.throwIfAborted();
  const [from, to] = [join(move.from, path), join(move.to, path)];
  const isFolder = statSync(from).isDirectory();
  if (isFolder && statSync(to, { throwIfNoEntry: false })) {
    for (const name of readdirSync(from).sort()) await moveTree(move, path ? `${path}/${name}` : name, undo);
    return;
  }
  if (move.replaced.has(path)) await setAside(move, path, undo);
  await rename(from, to);
  undo.push(() => rename(to, from));
}

async function setAside(move: Move, path: string, undo: Undo[]): Promise<void> {
  const [from, to] = [join(move.to, path), join(move.backup, String(undo.length))];
  await rename(from, to);
  undo.push(() => rename(to, from));
}

async function restore(undo: Undo[], move: Move, cause: unknown): Promise<void> {
  let failures = 0;
  for (const step of undo.reverse()) await step().catch(() => failures++);
  if (failures === 0) return;
  const why = cause instanceof Error ? cause.message : 'interrupted';
  throw new NotRestored(
    `Writing to ${move.to} failed (${why}), and ${failures} files could not be put back. The originals lie in ${move.backup}.`,
  );
}
