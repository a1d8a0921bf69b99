import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, finished, place, POSIX, read, start, tempFolder, until } from './support.ts';
import { valuesFrom } from './values.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

describe.runIf(POSIX)('a target that changes between the look at it and the write', () => {
  /** Starts in `work/`, waits until the process reads a value from a pipe, changes something, and lets it go on. */
  async function meanwhile(change: (target: string) => void, flags: string[] = []) {
    const folder = tempFolder();
    for (const name of ['work/shop', 'bin']) mkdirSync(join(folder, name), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    writeFileSync(join(folder, 'bin/sops'), '#!/bin/sh\ncat > /dev/null; echo "sealed: true"\n', {
      mode: 0o755,
    });
    const values = valuesFrom('file:../fifo', 'generate');
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const args = ['shop', '--yes', '--secrets', 'sops', '--age-recipients', RECIPIENT, ...values, ...flags];
    const child = start(join(folder, 'work'), args, { env });
    const pipe = await openedByReader(join(folder, 'fifo'));
    change(join(folder, 'work/shop'));
    writeSync(pipe, 'a-value');
    closeSync(pipe);
    const outcome = finished(await child);
    return { outcome, target: join(folder, 'work/shop'), beside: readdirSync(join(folder, 'work')) };
  }

  test.each([
    ['a file of the plan', 'zero-trust.yaml'],
    ['a file in a folder of the plan', 'security/mine.yaml'],
    ['another file', 'mine.txt'],
  ])('%s appears: it is not overwritten, nothing is written', async (_, path) => {
    const { target, beside, outcome } = await meanwhile((folder) =>
      writeFileSync(place(folder, path), 'mine\n'),
    );
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(path.split('/')[0]!),
    });
    expect(filesOf(target)).toEqual([path]);
    expect(read(target, path)).toBe('mine\n');
    expect(beside).toEqual(['shop']);
  });

  test('the folder becomes a file', async () => {
    const { target, outcome } = await meanwhile(
      (folder) => (rmdirSync(folder), writeFileSync(folder, 'mine\n')),
    );
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('is a file, not a folder'),
    });
    expect(read(target)).toBe('mine\n');
  });

  test('nothing changes: it is written', async () => {
    const { target, outcome } = await meanwhile(() => {});
    expect(outcome).toMatchObject({ code: 0 });
    expect(read(target, 'security/secrets/shop/app-credentials.secret.yaml')).toBe('sealed: true\n');
  });
});

/** Opens a pipe for writing once somebody reads from it. */
async function openedByReader(fifo: string): Promise<number> {
  let pipe: number | undefined;
  await until('somebody reads the pipe', () => {
    try {
      pipe = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // Nobody reads yet.
    }
    return pipe !== undefined;
  });
  return pipe!;
}
