/** Where the real programs are: in ENGINES_DIR (build/engines by default), else on PATH. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const { ENGINES_DIR, PATH = '' } = process.env;
const suffix = process.platform === 'win32' ? '.exe' : '';

export const enginesDir = resolve(ENGINES_DIR || join(import.meta.dirname, '../../build/engines'));

export const engineFile = (name) => join(enginesDir, name + suffix);

/** The absolute path of a program, undefined where there is none. */
export function engine(name) {
  const onPath = PATH.split(delimiter).map((folder) => resolve(folder, name + suffix));
  return [engineFile(name), ...onPath].find((file) => existsSync(file));
}
