import { join } from 'node:path';
import { inspectTarget } from '../repo/inspect.ts';
import { formatLedger, LEDGER_PATH, parseLedger, type Ledger } from '../repo/ledger.ts';
import { readText } from '../repo/read.ts';
import { sha256 } from '../repo/sha256.ts';
import type { Files } from '../types/files.ts';
import type { Plan } from '../types/plan.ts';

/**
 * Of rendered files, those that may be written: new ones, and ones that are still as they were rendered last.
 * The ledger keeps its entries for those that are left.
 *
 * @param always paths that are written whatever is there
 */
export function untouched(
  files: Files,
  plan: Plan,
  target: string,
  always: string[],
): { files: Files; left: string[] } {
  const { found } = inspectTarget(target, [...files.keys(), LEDGER_PATH]);
  const before = found.has(LEDGER_PATH) ? parseLedger(readText(join(target, LEDGER_PATH))) : undefined;
  const once = plan.files.filter((file) => file.once && found.has(file.path)).map((file) => file.path);
  const written = new Map([...files].filter(([path]) => !once.includes(path)));
  const left = [...written]
    .filter(([path, text]) => {
      const there = found.get(path)?.sha256;
      if (path === LEDGER_PATH || always.includes(path) || there === sha256(text)) return false;
      return there !== before?.files.get(path)?.sha256;
    })
    .map(([path]) => path);
  for (const path of left) written.delete(path);
  written.set(LEDGER_PATH, ledger(files.get(LEDGER_PATH)!, before, left));
  return { files: written, left };
}

function ledger(text: string, before: Ledger | undefined, kept: string[]): string {
  const after = parseLedger(text);
  for (const path of kept) {
    const entry = before?.files.get(path);
    if (entry) after.files.set(path, entry);
    else after.files.delete(path);
  }
  return formatLedger(after);
}
