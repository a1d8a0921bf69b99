import { Cancelled } from '../io.ts';
import type { Plan } from '../types/plan.ts';
import type { Asker } from './prompts.ts';

/** Shows what will be written and asks whether to. Throws Cancelled on no. */
export async function confirmSummary(plan: Plan, target: string, asker: Asker): Promise<void> {
  asker.note(summary(plan), `${plan.name} → ${target}`);
  if (!(await asker.confirm('Write it?', true))) throw new Cancelled();
}

/** Choices, namespaces, files per folder, gaps and pending items. */
export function summary(plan: Plan): string {
  const choices = Object.values(plan.components).map((one) => `${one.slot}: ${one.label}`);
  const namespaces = plan.namespaces.map((one) => `${one.name} (${one.podSecurity.enforce})`);
  const sections: [string, string[]][] = [
    ['Choices', choices],
    ['Namespaces', namespaces],
    ['Files', folders(plan)],
    [
      'Gaps: declared, but enforced by none of the choices',
      plan.gaps.map((gap) => `${gap.control}: ${gap.reason}`),
    ],
    ['Pending: only you can supply it', plan.pending.map((item) => item.what)],
  ];
  return sections
    .filter(([, lines]) => lines.length)
    .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`)
    .join('\n\n');
}

function folders(plan: Plan): string[] {
  const counts = new Map<string, number>();
  for (const { path } of plan.files) {
    const folder = path.includes('/') ? `${path.split('/')[0]}/` : './';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, count]) => `${folder} ${count}`);
}
