import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../error.ts';
import { scrub } from './scrub.ts';
import { textOf } from './text.ts';
import type { SecretValue } from './types.ts';

export interface Run {
  program: string;
  args: string[];
  /** What to do when the program is missing. */
  install: string;
  cwd: string;
  /** Standard input; empty when absent, so that no program waits for a terminal. */
  input?: string;
  /** Values that the program sees and that nothing else may show. */
  secrets?: SecretValue[];
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Milliseconds. A key service in the cloud answers within seconds. */
const TIMEOUT = 120_000;
/** Characters of a program's complaint that are passed on. */
const COMPLAINT = 2000;

/**
 * Runs a program without a shell and returns its standard output. The environment is the caller's, less the variables that hold a secret.
 * Throws a UserError when the program is missing or fails, with what it complained about, less any secret; the signal's reason when stopped.
 */
export async function run({
  program,
  args,
  install,
  cwd,
  input = '',
  secrets = [],
  env = process.env,
  signal,
}: Run): Promise<string> {
  signal?.throwIfAborted();
  // Loaded when a program is started: most runs start none.
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    input,
    cwd,
    env: withoutSecrets(env, secrets),
    extendEnv: false,
    cancelSignal: signal,
    timeout: TIMEOUT,
    reject: false,
    stripFinalNewline: false,
  });
  signal?.throwIfAborted();
  if (result.code === 'ENOENT') throw new UserError(`The program ${program} is not installed. ${install}`);
  // A folder of the PATH that must not be read gives this too.
  if (result.code === 'EACCES')
    throw new UserError(`The program ${program} is not installed or may not be started. ${install}`);
  if (!result.failed) return result.stdout;
  const how = result.timedOut
    ? 'gave no answer within two minutes'
    : `failed (${result.exitCode ?? result.signal ?? result.code})`;
  const complaint = scrub(stripVTControlCharacters(result.stderr ?? '').slice(-2 * COMPLAINT), secrets)
    .slice(-COMPLAINT)
    .trim();
  throw new UserError(`${program} ${how}. Nothing was written. It said: ${complaint || 'nothing'}`);
}

function withoutSecrets(env: NodeJS.ProcessEnv, secrets: SecretValue[]): NodeJS.ProcessEnv {
  const texts = new Set(secrets.map(textOf));
  return Object.fromEntries(Object.entries(env).filter(([, value]) => !texts.has(value)));
}
