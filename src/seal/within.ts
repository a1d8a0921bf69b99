import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Whether `path` is `folder` or lies in it, links resolved; neither has to exist. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(real(resolve(folder)), real(resolve(path)));
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}
