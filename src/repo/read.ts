import { existsSync, readFileSync, statSync } from 'node:fs';
import { UserError } from '../error.ts';
import { errno } from './explain.ts';

/** No declaration is this large; a device or a disk image may be. */
const MAX_MEBIBYTES = 32;
const WHY: Record<string, string | undefined> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
};

/** The text of a file that the user named. Throws a usage error that names the file and what is wrong with it. */
export function readText(path: string): string {
  try {
    if (statSync(path).size <= MAX_MEBIBYTES * 1024 * 1024) return plain(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = errno(error);
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read: ${WHY[code] ?? code}.`, 2);
  }
  throw new UserError(`${path} is larger than ${MAX_MEBIBYTES} MiB: not a file of declarations.`, 2);
}

/** Whether there is a file or folder at a path. */
export const exists = (path: string): boolean => existsSync(path);

const plain = (text: string) => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
