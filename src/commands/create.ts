import { resolve } from 'node:path';
import { answersOf, wantedOf, type Answers } from '../answers.ts';
import type { Arguments } from '../arguments/parse.ts';
import { askQuestions } from '../ask/ask.ts';
import { askerOf, progress } from '../ask/prompts.ts';
import { confirmSummary } from '../ask/summary.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import { UserError } from '../error.ts';
import { generate, withLedger, type Generated } from '../generate.ts';
import type { Io } from '../io.ts';
import { changes } from '../repo/changes.ts';
import { conflicts } from '../repo/conflicts.ts';
import { inspectTarget, type Target } from '../repo/inspect.ts';
import { LEDGER_PATH } from '../repo/ledger.ts';
import { write } from '../repo/write.ts';
import type { SecretValues } from '../seal/types.ts';
import type { Catalog } from '../types/catalog.ts';
import { readDeclarations, readGraph } from './declarations.ts';
import { refuseMissing } from './missing.ts';
import { nextSteps } from './next-steps.ts';
import { replayCommand } from './replay.ts';
import { printResult } from './result.ts';
import { existingSecrets, gatherValues, sealAll, withKeys } from './sealing.ts';

/**
 * Renders a repository: answers → Blueprint → Plan → Files → sealed Files → Changes → repository.
 * Everything is validated, and the target looked at, before keys are made or a byte is written.
 */
export async function create(args: Arguments, io: Io): Promise<void> {
  const { flags } = args;
  const catalog = loadCatalog();
  const config = flags['config'] as string | undefined;
  const dryRun = flags['dry-run'] === true;
  const force = flags['force'] === true;
  const given = await readDeclarations(answersOf(args, catalog), config, catalog, io);
  const asker = await askerOf(io, flags);
  // A Blueprint is a complete declaration, and a dry run writes nothing: both take defaults without being told.
  if (!asker && !flags['yes'] && !config && !dryRun) refuseMissing(given, flags, catalog);
  const answers = asker && !config ? await askQuestions(given, catalog, asker, io.cwd) : given;

  const target = resolve(io.cwd, answers.directory ?? 'my-cluster');
  const make = generator({ ...answers, directory: target }, catalog, target, io.cwd);
  const draft = make(new Map());
  look(target, draft, force);
  const values = await gatherValues(draft.plan, flags, catalog, io, dryRun ? undefined : asker);
  if (asker && !dryRun) await confirmSummary(make(values.secrets).plan, target, asker);

  const keyFolder = values.keyFolder && !dryRun ? resolve(io.cwd, values.keyFolder) : undefined;
  const request = { plan: draft.plan, folder: keyFolder, repository: target, values: values.secrets };
  const done = await withKeys(request, catalog, io, async (keys) => {
    const final = await progress(asker, 'Rendering', async () => make(values.secrets, keys?.input));
    if (!dryRun) await sealAll(final, values.secrets, catalog, io, asker);
    const now = look(target, final, force);
    const files = withLedger(final, existingSecrets(final.plan, target).hashes);
    const list = dryRun ? changes(now, files) : await write(now, files, { signal: io.signal });
    return { plan: final.plan, list, keys };
  });
  const replay = replayCommand(answers, flags, catalog, done.keys);
  printResult({ ...done, target, dryRun, replay }, flags['json'] === true, io);
  if (!dryRun && !flags['json'])
    nextSteps(
      done.plan,
      {
        target,
        replay,
        again: done.list.some(({ action }) => action !== 'create'),
        privateFile: done.keys?.privateFile,
      },
      io,
    );
}

type Make = (values: SecretValues, keys?: Answers['inputs']) => Generated;

/**
 * A secret counts as sealed when a value for it was given, or when its ciphertext is in the target already.
 * What was made for the same secrets and keys is not made again.
 */
function generator(answers: Answers, catalog: Catalog, target: string, cwd: string): Make {
  const graph = readGraph(answers.services, catalog, cwd);
  const made = new Map<string, Generated>();
  const once = (sealed: string[], keys: Answers['inputs']) => {
    const id = JSON.stringify([sealed, keys]);
    const wanted = wantedOf({ ...answers, inputs: { ...answers.inputs, ...keys } }, cwd, graph);
    const result = made.get(id) ?? generate(wanted, catalog, new Set(sealed), answers.config?.text);
    made.set(id, result);
    return result;
  };
  return (values, keys = {}) => {
    const given = [...values.keys()];
    const kept = existingSecrets(once(given, keys).plan, target).ids.filter((id) => !values.has(id));
    return once([...given, ...kept], keys);
  };
}

/** One look at the target, from which all that follows is decided. Throws when it holds what must not be replaced. */
function look(target: string, { plan, files }: Generated, force: boolean): Target {
  const now = inspectTarget(target, [...files.keys(), LEDGER_PATH]);
  for (const { path, once } of plan.files) if (once && now.found.has(path)) files.delete(path);
  const found = conflicts(now, files, { force });
  if (found.length === 0) return now;
  const lines = found.slice(0, 20).map(({ path, reason }) => `  ${path} ${reason}`);
  if (found.length > 20) lines.push(`  and ${found.length - 20} more`);
  throw new UserError(
    `${target} is not empty. Nothing was written.\n${lines.join('\n')}\nChoose another directory, or replace the files of the plan with --force.`,
  );
}
