import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { SealSpec } from '../types/secrets-backend.ts';
import { type Inputs, fillArguments, inputText } from './arguments.ts';
import { whyNotSealed } from './leak.ts';
import { secretManifest } from './manifest.ts';
import { run } from './run.ts';
import type { DeclaredSecret, SecretValue } from './types.ts';

export interface SealOptions {
  signal?: AbortSignal;
  /** The environment of the program; that of this process when absent. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Encrypts one Secret and returns the YAML for `secret.path`. The plain text goes from memory to the program's standard input, nowhere else.
 * Throws a UserError when a key input or the program is missing, when the program fails, and when what it returns is not encrypted.
 */
export async function seal(
  secret: DeclaredSecret,
  values: Map<string, SecretValue>,
  spec: SealSpec,
  inputs: Inputs,
  options: SealOptions = {},
): Promise<string> {
  inputText(inputs, spec.key);
  // A folder of our own to run in: no configuration file that happens to lie in the user's folder takes part.
  const cwd = mkdtempSync(join(tmpdir(), 'zero-trust-seal-'));
  try {
    const args = fillArguments(spec.args, secret.path, inputs, cwd);
    const { program, install } = spec;
    const output = await run({
      ...options,
      program,
      install,
      args,
      cwd,
      input: secretManifest(secret, values),
      secrets: [...values.values()],
    });
    const why = whyNotSealed(output, values, JSON.stringify([secret, inputs]));
    if (why)
      throw new UserError(
        `${program} ${why} for ${secret.namespace}/${secret.name}. Nothing was written. Check its version.`,
      );
    return output.endsWith('\n') ? output : `${output}\n`;
  } finally {
    rmSync(cwd, { recursive: true, force: true, maxRetries: 5 });
  }
}
