import { relative } from 'node:path';
import type { Io } from '../io.ts';
import type { Plan } from '../types/plan.ts';
import { shellQuote } from './replay.ts';

interface Done {
  target: string;
  replay: string;
  /** Whether files of an earlier render were there. */
  again: boolean;
  /** The private half of a key pair that this run made. */
  privateFile: string | undefined;
}

/** What to do now: what is pending, the private key, the first commands, and the replay line. */
export function nextSteps(
  plan: Plan,
  { target, replay, again, privateFile }: Done,
  { stderr, cwd }: Io,
): void {
  const lines = [`${plan.name} is rendered.`, ''];
  if (plan.pending.length) {
    lines.push('Pending (run inside the repository):');
    for (const { what, command } of plan.pending) lines.push(`  ${what}`, `    ${command}`);
    lines.push('');
  }
  const kept = plan.secrets.filter((one) => one.referred);
  if (kept.length) {
    lines.push(
      'Put the values of secrets into the store, where they are not yet, as JSON on standard input:',
    );
    for (const { command, keys } of kept) lines.push(`  ${command}  # ${keys.join(', ')}`);
    lines.push('');
  }
  if (privateFile)
    lines.push(
      `The private key is ${privateFile}. Keep it out of Git, back it up; README.md says how the cluster gets it.`,
      '',
    );
  const directory = shellQuote(relative(cwd, target) || '.');
  const branch = shellQuote(String(plan.inputs['repositoryBranch']));
  lines.push(
    'Next:',
    again
      ? `  git -C ${directory} diff, read it, and commit what you want`
      : `  cd ${directory} && git init --initial-branch=${branch} && git add . && git commit -m "Start the cluster repository"`,
    '  README.md tells how the cluster is installed from it.',
    '',
    'The same again:',
    `  ${replay}`,
  );
  stderr.write(`${lines.join('\n')}\n`);
}
