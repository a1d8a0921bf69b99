import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder and those above it, closed to others (0700); returns those that were missing, deepest first. */
export function makeFolders(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return [];
  const made = [folder];
  for (let path = folder; path !== first && dirname(path) !== path; path = dirname(path))
    made.push(dirname(path));
  return made;
}

/** Removes folders in the order given, up to the first that is not empty. */
export function removeEmpty(folders: string[]): void {
  try {
    for (const path of folders) rmdirSync(path);
  } catch {
    // Someone else uses it by now.
  }
}
