import { join, resolve } from 'node:path';
import type { Arguments } from '../arguments/parse.ts';
import { askerOf } from '../ask/prompts.ts';
import { parseBlueprint } from '../blueprint/read.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import { UserError } from '../error.ts';
import { BLUEPRINT_PATH, generate, withLedger } from '../generate.ts';
import type { Io } from '../io.ts';
import { inspectTarget } from '../repo/inspect.ts';
import { LEDGER_PATH, parseLedger } from '../repo/ledger.ts';
import { readText } from '../repo/read.ts';
import { write } from '../repo/write.ts';
import type { Files } from '../types/files.ts';
import { existingSecrets, gatherValues, makeKeys, sealAll } from './sealing.ts';
import { changes, type Change } from '../repo/changes.ts';

/**
 * Seals values into a repository that was rendered before: writes their ciphertext, and the files that name it
 * (the layer's list, what is pending). A file that was changed by hand since is left as it is, and named.
 */
export async function seal({ directory = '.', flags }: Arguments, io: Io): Promise<void> {
  const catalog = loadCatalog();
  const target = resolve(io.cwd, directory);
  const text = readBlueprint(target);
  const wanted = parseBlueprint(text, BLUEPRINT_PATH);
  const before = generate(wanted, catalog, new Set(), text).plan;
  const asker = await askerOf(io, flags);
  const existing = existingSecrets(before, target);
  const open = { ...before, secrets: before.secrets.map((one) => ({ ...one, sealed: existing.hashes.has(one.path) })) };
  const { secrets, keyFolder } = await gatherValues(open, flags, catalog, io, asker);
  if (secrets.size === 0) throw new UserError(`No value is given. Pending: ${open.secrets.filter((one) => !one.sealed).map((one) => `${one.namespace}/${one.name}`).join(', ') || 'nothing'}. Give values with --secret or --secrets-stdin.`, 2);

  const dryRun = flags['dry-run'] === true;
  const keys = keyFolder && !dryRun ? await makeKeys(before, resolve(io.cwd, keyFolder), catalog, target, io) : undefined;
  const inputs = { ...(wanted['inputs'] as object | undefined), ...keys?.input };
  const after = generate({ ...wanted, inputs }, catalog, new Set([...existing.ids, ...secrets.keys()]), text);
  const ciphertext = new Set(after.plan.secrets.filter((one) => secrets.has(`${one.namespace}/${one.name}`)).map((one) => one.path));
  if (!dryRun) await sealAll(after, secrets, catalog, io, asker);
  const { files, left } = untouched(withLedger(after, existing.hashes), target, ciphertext);
  const look = inspectTarget(target, files.keys());
  const list = dryRun ? changes(look, files) : await write(look, files, { signal: io.signal });
  report(list.filter(({ action }) => action !== 'keep'), left, flags['json'] === true, io);
}

function readBlueprint(target: string): string {
  if (!inspectTarget(target, [BLUEPRINT_PATH]).found.has(BLUEPRINT_PATH)) {
    throw new UserError(`${target} holds no ${BLUEPRINT_PATH}: it is no repository of this tool. Name its directory: create-zero-trust seal DIRECTORY`, 2);
  }
  return readText(join(target, BLUEPRINT_PATH));
}

/** The files that are still as they were rendered, and the paths of those that are not. */
function untouched(files: Files, target: string, ciphertext: Set<string>): { files: Files; left: string[] } {
  const { found } = inspectTarget(target, [...files.keys(), LEDGER_PATH]);
  const ledger = found.has(LEDGER_PATH) ? parseLedger(readText(join(target, LEDGER_PATH))) : undefined;
  const left = [...files.keys()].filter((path) => {
    const there = found.get(path);
    const known = ledger?.files.get(path);
    const changed = there ? known?.sha256 !== there.sha256 : known !== undefined;
    return changed && path !== LEDGER_PATH && !ciphertext.has(path);
  });
  return { files: new Map([...files].filter(([path]) => !left.includes(path))), left };
}

function report(list: Change[], left: string[], json: boolean, { stdout, stderr }: Io): void {
  stdout.write(json ? `${JSON.stringify({ files: list, left }, null, 2)}\n` : list.map(({ action, path }) => `${action} ${path}\n`).join(''));
  if (left.length) stderr.write(`Left as they are, changed by hand since they were rendered:\n${left.map((path) => `  ${path}\n`).join('')}`);
}
