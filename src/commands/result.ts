import type { Io } from '../io.ts';
import type { Change } from '../repo/changes.ts';
import type { Plan } from '../types/plan.ts';

export interface Result {
  target: string;
  plan: Plan;
  list: Change[];
  dryRun: boolean;
  replay: string;
}

/** Prints the result: one JSON document, the tree of a dry run, or the folder that was written. */
export function printResult(result: Result, json: boolean, { stdout, stderr }: Io): void {
  const { plan, target, list, dryRun, replay } = result;
  if (json) {
    const { name, gaps, pending } = plan;
    stdout.write(
      `${JSON.stringify({ name, directory: target, dryRun, files: list, gaps, pending, replay }, null, 2)}\n`,
    );
  } else if (dryRun) stdout.write(`${tree(list.map((one) => one.path))}\n`);
  else stdout.write(`${target}\n`);
  for (const gap of plan.gaps)
    stderr.write(`gap: ${gap.control}: ${gap.reason}\n${gap.items.map((item) => `  ${item}\n`).join('')}`);
}

/** Paths as a tree, folders before the files in them. */
export function tree(paths: string[]): string {
  const lines: string[] = [];
  let before: string[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    const shared = parts.findIndex((part, index) => part !== before[index]);
    parts.slice(shared).forEach((part, index) => {
      const depth = shared + index;
      lines.push(`${'  '.repeat(depth)}${part}${depth < parts.length - 1 ? '/' : ''}`);
    });
    before = parts;
  }
  return lines.join('\n');
}
