import { rename as nodeRename } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const ATTEMPTS = 8;

/** Renames; on Windows tries again for a while, since virus scanners hold new files open for a moment. */
export async function rename(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await nodeRename(from, to);
    } catch (error) {
      const held = ['EACCES', 'EBUSY', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (process.platform !== 'win32' || !held || attempt === ATTEMPTS) throw error;
      await setTimeout(10 * 2 ** attempt);
    }
  }
}
