import { engine } from '../engines/find.mjs';

/** Path of a real program, built or on the PATH. Without it: undefined and a line on the console; with `CI` set, an error. */
export function findEngine(name: string): string | undefined {
  const found = engine(name);
  if (found) return found;
  if (process.env.CI) throw new Error(`${name} is not built (npm run engines) and not on the PATH`);
  console.warn(`skipped: no ${name}; npm run engines builds it`);
  return undefined;
}
