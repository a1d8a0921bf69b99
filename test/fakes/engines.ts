import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const FOLDERS = [
  join(import.meta.dirname, '../../build/engines'),
  ...(process.env.PATH ?? '').split(delimiter),
];
const ENDING = process.platform === 'win32' ? '.exe' : '';

/** Path of a real program in `build/engines` or on the PATH. Without it: undefined and a line on the console; with `CI` set, an error. */
export function findEngine(name: string): string | undefined {
  const found = FOLDERS.map((folder) => join(folder, name + ENDING)).find(isProgram);
  if (found) return found;
  if (process.env.CI) throw new Error(`${name} is neither in build/engines nor on the PATH`);
  console.warn(`skipped: no ${name} in build/engines or on the PATH`);
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
