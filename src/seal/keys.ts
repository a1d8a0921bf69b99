import { chmodSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../error.ts';
import type { SealSpec } from '../types/secrets-backend.ts';
import { makeFolders, removeEmpty } from './folders.ts';
import { run } from './run.ts';
import type { SecretValue } from './types.ts';
import { isWithin } from './within.ts';

export interface KeyPair {
  /** The certificate or recipient that encrypts: safe to publish. */
  publicHalf: string;
  /** Path of the file that decrypts. */
  privateFile: string;
  /** Removes the pair, and the folders that were made for it. */
  undo: () => void;
}

export interface KeyOptions {
  /** The generated repository, which the private half must stay out of. */
  repository: string;
  /** Values that are about to be sealed: no program that makes keys may see them. */
  secrets?: SecretValue[];
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
}

/**
 * Makes a key pair in `dir`: a new folder gets mode 0700, the private file 0600; on failure nothing stays.
 * Throws a UserError when `dir` lies in the repository, when a key is there already, and when the program is missing or fails.
 */
export async function generateKeys(
  dir: string,
  spec: SealSpec,
  { repository, ...options }: KeyOptions,
): Promise<KeyPair> {
  const folder = resolve(dir);
  if (isWithin(folder, repository))
    throw new UserError(`${folder} lies in the repository. Choose a folder outside for the private key.`, 2);
  let made: string[] = [];
  try {
    for (const name of filesOf(spec)) refuseExisting(join(folder, name));
    made = makeFolders(folder);
    const publicHalf = await makeKeys(folder, spec, options);
    const undo = () => {
      for (const name of filesOf(spec)) rmSync(join(folder, name), { force: true });
      removeEmpty(made);
    };
    return { publicHalf, privateFile: join(folder, spec.generateKeys.privateFile), undo };
  } catch (error) {
    removeEmpty(made);
    if (error instanceof UserError || !(error as NodeJS.ErrnoException).syscall) throw error;
    throw new UserError(`No keys were made in ${folder}: ${(error as Error).message}.`);
  }
}

async function makeKeys(
  folder: string,
  spec: SealSpec,
  options: Omit<KeyOptions, 'repository'>,
): Promise<string> {
  const { program, args, install, privateFile } = spec.generateKeys;
  const cwd = mkdtempSync(join(folder, '.new-keys-'));
  try {
    const filled = args.map((arg) => arg.replaceAll('{dir}', () => cwd));
    await run({ ...options, program, install, args: filled, cwd });
    chmodSync(join(cwd, privateFile), 0o600);
    const publicHalf = readPublicHalf(cwd, spec);
    moveAll(filesOf(spec), cwd, folder);
    return publicHalf;
  } finally {
    rmSync(cwd, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readPublicHalf(
  cwd: string,
  { generateKeys: { program, publicFile, publicPattern } }: SealSpec,
): string {
  const text = readFileSync(join(cwd, publicFile), 'utf8');
  const half = publicPattern === undefined ? text : new RegExp(publicPattern).exec(text)?.[1];
  if (half?.trim()) return half;
  throw new UserError(
    `${program} wrote no public key that is recognized. No keys were made. Check its version.`,
  );
}

function moveAll(names: string[], from: string, to: string): void {
  const moved: string[] = [];
  try {
    for (const name of names) {
      renameSync(join(from, name), join(to, name));
      moved.push(join(to, name));
    }
  } catch (error) {
    for (const path of moved) rmSync(path, { force: true });
    throw error;
  }
}

function filesOf({ generateKeys: { privateFile, publicFile } }: SealSpec): string[] {
  return [...new Set([privateFile, publicFile])];
}

function refuseExisting(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })) return;
  throw new UserError(
    `${path} exists already; what it has sealed could never be read again. Choose another folder, or move it away.`,
  );
}
