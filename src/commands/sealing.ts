import { join, resolve } from 'node:path';
import { kebab } from '../kebab.ts';
import type { FlagValue } from '../arguments/parse.ts';
import { progress, type Asker } from '../ask/prompts.ts';
import { askForValues } from '../ask/secrets.ts';
import { UserError } from '../error.ts';
import type { Generated } from '../generate.ts';
import { readAll, type Io } from '../io.ts';
import { inspectTarget } from '../repo/inspect.ts';
import { generateValue } from '../seal/generate.ts';
import { generateKeys } from '../seal/keys.ts';
import { seal } from '../seal/seal.ts';
import type { SecretValues } from '../seal/types.ts';
import { collectValues, endingWithLineBreak, idOf } from '../seal/values.ts';
import type { Catalog } from '../types/catalog.ts';
import type { Plan } from '../types/plan.ts';
import { chosenBackend, sealSpec } from './seal-spec.ts';

export interface Gathered {
  secrets: SecretValues;
  /** Where the user wants a new key pair. */
  keyFolder?: string | undefined;
}

/** The values that flags and standard input give, or, on a terminal, that the user types. */
export async function gatherValues(
  plan: Plan,
  flags: Record<string, FlagValue>,
  catalog: Catalog,
  io: Io,
  asker?: Asker,
): Promise<Gathered> {
  const given = (flags['secret'] as string[] | undefined) ?? [];
  const keyFolder = flags['generate-keys'] as string | undefined;
  // What cannot be used is refused, and not asked for.
  if (flags['secrets-stdin'] || given.length || keyFolder !== undefined) sealSpec(plan, catalog);
  if (!flags['secrets-stdin'] && given.length === 0) {
    return asker && plan.secrets.length && chosenBackend(plan, catalog).seal
      ? typed(plan, keyFolder, catalog, asker)
      : { secrets: new Map(), keyFolder };
  }
  if (flags['secrets-stdin'] && flags['config'] === '-') {
    throw new UserError(
      '--secrets-stdin and --config - both read standard input; give one of them a file.',
      2,
    );
  }
  if (flags['secrets-stdin'] && io.stdin.isTTY) {
    throw new UserError(
      '--secrets-stdin reads a pipe or a file, but standard input is a terminal. Write: … < values.env',
      2,
    );
  }
  const stdin = flags['secrets-stdin'] ? await readAll(io) : '';
  const secrets = collectValues(plan.secrets, { stdin, secrets: given, env: io.env });
  refuseWithoutKey(plan, secrets, keyFolder, catalog);
  for (const id of endingWithLineBreak(secrets))
    io.stderr.write(`${id} ends with a line break, which is sealed with it; printf %s writes none.\n`);
  return { secrets, keyFolder };
}

function refuseWithoutKey(
  plan: Plan,
  secrets: SecretValues,
  keyFolder: string | undefined,
  catalog: Catalog,
): void {
  const { key } = sealSpec(plan, catalog);
  if (secrets.size === 0 || keyFolder || plan.inputs[key]) return;
  throw new UserError(
    `Nothing to seal with: give the public key with --${kebab(key)}, or make a pair with --generate-keys DIR.`,
    2,
  );
}

async function typed(
  plan: Plan,
  keyFolder: string | undefined,
  catalog: Catalog,
  asker: Asker,
): Promise<Gathered> {
  const hasKey = keyFolder !== undefined || Boolean(plan.inputs[sealSpec(plan, catalog).key]);
  const answer = await askForValues(plan.secrets, hasKey, join('..', `${plan.name}-keys`), asker);
  const secrets: SecretValues = new Map();
  for (const secret of plan.secrets) {
    const keys = secret.keys.flatMap((key) => {
      const value = answer.values.get(`${idOf(secret)}/${key}`);
      return value === undefined ? [] : [[key, value || generateValue()] as const];
    });
    if (keys.length) secrets.set(idOf(secret), new Map(keys));
  }
  return { secrets, keyFolder: keyFolder ?? answer.keyFolder };
}

export interface MadeKeys {
  /** Removes them again: keys that sealed nothing must not stand in the way of the next run. */
  undo: () => void;
  /** The input that holds the public half. */
  input: Record<string, FlagValue>;
  /** The flag that gives it in a later run. */
  flag: string;
  value: string;
  privateFile: string;
}

interface KeyRequest {
  plan: Plan;
  /** Where the pair goes; no folder, no pair. */
  folder: string | undefined;
  /** The generated repository, which the private half must stay out of. */
  repository: string;
  /** Values that are about to be sealed, which the program that makes keys must not see. */
  values: SecretValues;
}

/**
 * Does `work` with a key pair, when one is asked for. The private half stays outside the repository;
 * when the work fails, the pair is removed.
 */
export async function withKeys<T>(
  request: KeyRequest,
  catalog: Catalog,
  io: Io,
  work: (keys?: MadeKeys) => Promise<T>,
): Promise<T> {
  if (request.folder === undefined) return work();
  const keys = await makeKeys({ ...request, folder: request.folder }, catalog, io);
  try {
    return await work(keys);
  } catch (error) {
    keys.undo();
    throw error;
  }
}

async function makeKeys(
  { plan, folder, repository, values }: KeyRequest & { folder: string },
  catalog: Catalog,
  io: Io,
): Promise<MadeKeys> {
  const spec = sealSpec(plan, catalog);
  const secrets = [...values.values()].flatMap((keys) => [...keys.values()]);
  const options = { repository, secrets, signal: io.signal, env: io.env };
  const { publicHalf, privateFile, undo } = await generateKeys(folder, spec, options);
  const isList = catalog.inputs.find((input) => input.name === spec.key)?.type === 'list';
  const half = publicHalf.trim();
  // A recipient is added to those that are given: whoever keeps one must go on reading.
  const recipients = [half, ...((plan.inputs[spec.key] ?? []) as string[])];
  const value = isList ? recipients.join(',') : resolve(folder, spec.generateKeys.publicFile);
  const input = { [spec.key]: isList ? recipients : publicHalf };
  return { input, flag: kebab(spec.key), value, privateFile, undo };
}

/** Encrypts every given value and puts the ciphertext into the files. */
export async function sealAll(
  { plan, files }: Generated,
  values: SecretValues,
  catalog: Catalog,
  io: Io,
  asker?: Asker,
): Promise<void> {
  if (values.size === 0) return;
  const spec = sealSpec(plan, catalog);
  await progress(asker, 'Sealing', async (say) => {
    for (const secret of plan.secrets) {
      const keys = values.get(idOf(secret));
      if (!keys) continue;
      say(`Sealing ${idOf(secret)}`);
      files.set(secret.path, await seal(secret, keys, spec, plan.inputs, { signal: io.signal }));
    }
  });
}

/** The Secrets whose ciphertext lies in the target already, and the hashes of those files. */
export function existingSecrets(plan: Plan, target: string): { ids: string[]; hashes: Map<string, string> } {
  const own = plan.secrets.filter((secret) => !secret.referred);
  const { found } = inspectTarget(
    target,
    own.map((secret) => secret.path),
  );
  const there = own.filter((secret) => found.has(secret.path));
  return {
    ids: there.map(idOf),
    hashes: new Map(there.map((secret) => [secret.path, found.get(secret.path)!.sha256])),
  };
}
