import { readFileSync } from 'node:fs';
import { UserError } from '../error.ts';
import { generateValue } from './generate.ts';
import type { GivenValue, SecretValue } from './types.ts';

const FORMS = 'Use NAME/KEY=file:PATH, NAME/KEY=env:VARIABLE, NAME/KEY=generate[:LENGTH], or standard input.';

/**
 * Reads one `--secret NAME/KEY=SOURCE`, the `number`th of the command line.
 * Throws a UserError that does not repeat the source: `hunter2` is a value, and so is what the shell made of `env:$PASSWORD`.
 */
export function readSource(argument: string, number: number, env: NodeJS.ProcessEnv): GivenValue {
  const where = `--secret (number ${number})`;
  const [, id, kind, rest] = /^([^=]+)=(file:|env:|generate(?=$|:))(.*)$/s.exec(argument) ?? [];
  if (id === undefined) {
    throw new UserError(
      `${where}: a value must not stand on the command line, where history and process lists show it. ${FORMS}`,
      2,
    );
  }
  return { where: `--secret ${id}`, id, value: read(`--secret ${id}`, kind!, rest!, env) };
}

function read(where: string, kind: string, rest: string, env: NodeJS.ProcessEnv): SecretValue {
  if (kind === 'file:') return readBytes(where, rest);
  if (kind === 'generate') return generate(where, rest);
  const value = env[rest];
  if (value === undefined)
    throw new UserError(`${where}: the environment variable that it names is not set.`, 2);
  return value;
}

function readBytes(where: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(
      `${where}: the file that it names cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      2,
    );
  }
}

function generate(where: string, length: string): string {
  try {
    return generateValue(length === '' ? undefined : Number(length.slice(1) || NaN));
  } catch (error) {
    throw new UserError(`${where}: ${(error as Error).message}`, 2);
  }
}
