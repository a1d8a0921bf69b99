import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { Files } from '../types/files.ts';
import { type Change, changes } from './changes.ts';
import { explain } from './explain.ts';
import { type Target, inspectTarget } from './inspect.ts';
import { NotRestored, publish } from './publish.ts';
import { stage } from './stage.ts';
import { type Staging, openStaging } from './staging.ts';

export interface WriteOptions {
  /** Stops the write; the target is left as before and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** Paths to remove, of those that were inspected. */
  remove?: string[];
}

/**
 * Writes files into the inspected target: all of them, or on any failure (a full disk, a signal, a target that changed since) none.
 * Returns what was done. Throws a UserError that says what failed and what to do.
 */
export async function write(target: Target, files: Files, options: WriteOptions = {}): Promise<Change[]> {
  refuseBlocked(target);
  options.signal?.throwIfAborted();
  const list = changes(target, files);
  let staging: Staging | undefined;
  let failure: unknown;
  try {
    staging = openStaging(target);
    await stageAndPublish(target, files, list, staging.dir, options);
    return list;
  } catch (error) {
    failure = error;
    throw explain(error, `Writing to ${target.dir}`);
  } finally {
    if (!(failure instanceof NotRestored)) await staging?.close(failure !== undefined);
  }
}

async function stageAndPublish(
  target: Target,
  files: Files,
  list: Change[],
  dir: string,
  options: WriteOptions,
): Promise<void> {
  const { signal, remove = [] } = options;
  const wanted = new Map(
    list.filter(({ action }) => action !== 'keep').map(({ path }) => [path, files.get(path)!]),
  );
  const executable = new Set([...target.found].filter(([, file]) => file.executable).map(([path]) => path));
  const [from, backup] = [join(dir, 'files'), join(dir, 'backup')];
  await stage(from, wanted, executable, signal);
  refuseChanged(target, [...files.keys(), ...remove]);
  const replaced = new Set(list.filter(({ action }) => action === 'replace').map(({ path }) => path));
  await publish({
    from,
    backup,
    to: target.dir,
    replaced,
    removed: remove.filter((path) => target.found.has(path)),
    signal,
  });
}

function refuseBlocked(target: Target): void {
  if (target.blocked.length === 0) return;
  const lines = target.blocked.map(({ path, reason }) => `  ${path} ${reason}`);
  throw new UserError(
    `${target.dir} cannot be written to. Nothing was changed. Move these away:\n${lines.join('\n')}`,
  );
}

function refuseChanged(before: Target, paths: string[]): void {
  const now = inspectTarget(before.dir, paths);
  const changed = paths.filter((path) => now.found.get(path)?.sha256 !== before.found.get(path)?.sha256);
  if (now.exists === before.exists && changed.length === 0 && now.blocked.length === 0) return;
  const what =
    now.exists === before.exists
      ? [...changed, ...now.blocked.map(({ path }) => path)].join(', ')
      : 'the folder itself';
  throw new UserError(
    `${before.dir} changed while it was being written to: ${what}. Nothing was changed by this command. Run it again.`,
  );
}
