import { join, resolve } from 'node:path';
import type { Arguments } from '../arguments/parse.ts';
import { askerOf } from '../ask/prompts.ts';
import { parseBlueprint } from '../blueprint/read.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import { UserError } from '../error.ts';
import { BLUEPRINT_PATH, generate, withLedger } from '../generate.ts';
import type { Io } from '../io.ts';
import { changes, type Change } from '../repo/changes.ts';
import { inspectTarget } from '../repo/inspect.ts';
import { readText } from '../repo/read.ts';
import { write } from '../repo/write.ts';
import { idOf } from '../seal/values.ts';
import type { SecretPlan } from '../types/secret-plan.ts';
import { sealSpec } from './seal-spec.ts';
import { existingSecrets, gatherValues, sealAll, withKeys } from './sealing.ts';
import { untouched } from './untouched.ts';

/**
 * Seals values into a repository that was rendered before: writes their ciphertext, and the files that name it
 * (the layers, what is pending). A file that was changed by hand since is left as it is, and named.
 * With a folder for keys and no value, it makes the key pair alone.
 */
export async function seal({ directory = '.', flags }: Arguments, io: Io): Promise<void> {
  const catalog = loadCatalog();
  const target = resolve(io.cwd, directory);
  const text = readBlueprint(target);
  const wanted = parseBlueprint(text, BLUEPRINT_PATH);
  const { plan } = generate(wanted, catalog, new Set(), text);
  sealSpec(plan, catalog);
  const existing = existingSecrets(plan, target);
  const secrets = plan.secrets.map((one) => ({ ...one, sealed: existing.hashes.has(one.path) }));
  const values = await gatherValues({ ...plan, secrets }, flags, catalog, io, await askerOf(io, flags));
  if (values.secrets.size === 0 && values.keyFolder === undefined) refuseNothing(secrets);

  const dryRun = flags['dry-run'] === true;
  const keyFolder = values.keyFolder && !dryRun ? resolve(io.cwd, values.keyFolder) : undefined;
  const request = { plan, folder: keyFolder, repository: target, values: values.secrets };
  const { list, left } = await withKeys(request, catalog, io, async (keys) => {
    const inputs = { ...(wanted['inputs'] as object | undefined), ...keys?.input };
    const after = generate(
      { ...wanted, inputs },
      catalog,
      new Set([...existing.ids, ...values.secrets.keys()]),
      text,
    );
    if (!dryRun) await sealAll(after, values.secrets, catalog, io);
    const sealed = after.plan.secrets.filter((one) => values.secrets.has(idOf(one))).map((one) => one.path);
    const { files, left: changed } = untouched(withLedger(after, existing.hashes), after.plan, target, [
      BLUEPRINT_PATH,
      ...sealed,
    ]);
    const now = inspectTarget(target, files.keys());
    const list = dryRun ? changes(now, files) : await write(now, files, { signal: io.signal });
    return { list, left: changed };
  });
  report(
    list.filter(({ action }) => action !== 'keep'),
    left,
    flags['json'] === true,
    io,
  );
}

function readBlueprint(target: string): string {
  if (inspectTarget(target, [BLUEPRINT_PATH]).found.has(BLUEPRINT_PATH))
    return readText(join(target, BLUEPRINT_PATH));
  throw new UserError(
    `${target} holds no ${BLUEPRINT_PATH}: it is no repository of this tool. Name its directory: create-zero-trust seal DIRECTORY`,
    2,
  );
}

function refuseNothing(secrets: SecretPlan[]): never {
  const pending = secrets.filter((one) => !one.sealed).map(idOf);
  throw new UserError(
    `No value is given. Pending: ${pending.join(', ') || 'nothing'}. Give values with --secret or --secrets-stdin, or make keys alone with --generate-keys DIR.`,
    2,
  );
}

function report(list: Change[], left: string[], json: boolean, { stdout, stderr }: Io): void {
  const lines = list.map(({ action, path }) => `${action} ${path}\n`).join('');
  stdout.write(json ? `${JSON.stringify({ files: list, left }, null, 2)}\n` : lines);
  if (left.length)
    stderr.write(
      `Left as they are, changed by hand since they were rendered:\n${left.map((path) => `  ${path}\n`).join('')}`,
    );
}
