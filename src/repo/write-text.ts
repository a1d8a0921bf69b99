import { writeFileSync } from 'node:fs';
import { UserError } from '../error.ts';
import { errno, explain } from './explain.ts';

/** Writes one file that the user named, or replaces it. Throws a UserError that says why it could not. */
export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    if (errno(error) === 'ENOENT') throw new UserError(`${path} cannot be written: there is no such folder.`);
    throw explain(error, `Writing ${path}`, '');
  }
}
