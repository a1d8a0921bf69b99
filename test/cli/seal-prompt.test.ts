import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flagsBut, SEAL, WRITE } from './answers.ts';
import { BACKENDS, prepare } from './backends.ts';
import { filesOf, read } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';
import { API_KEY, expectNowhere, ONE_SECRET, SECRET_FILE } from './values.ts';

// A file must hold a test, also where no program is there to run one.
if (BACKENDS.length === 0) test.skip('needs kubeseal and openssl, or sops and age-keygen');

describe.each(BACKENDS)('create asks to seal with $name', (backend) => {
  const choice = [...ONE_SECRET, '--secrets', backend.name];

  test('typed at the hidden prompt: no echo', async () => {
    const { work, keys, env, log } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const terminal = new Terminal(
      work,
      ['shop', ...flagsBut('secrets', 'runtime'), ...choice, ...publicHalf],
      env,
    );
    await terminal.answer(SEAL, 'y');
    await terminal.answer('shop/app-credentials/api-key', API_KEY, KEYS.enter);
    await terminal.answer('shop/app-credentials/database-url', KEYS.enter);
    await terminal.answer(WRITE, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    const { 'api-key': typed, 'database-url': generated } = backend.open(
      join(work, 'shop', SECRET_FILE),
      join(keys, backend.privateFile),
    );
    expect(typed).toBe(API_KEY);
    expect(generated).toHaveLength(32);
    expectNowhere([API_KEY, generated!], [terminal.transcript, terminal.text, read(log)], work);
    expect(terminal.text).not.toContain('has no value');
  });

  test('a key pair made from the prompt', async () => {
    const { work, keys, env } = prepare(backend);
    const terminal = new Terminal(work, ['shop', ...flagsBut('secrets', 'runtime'), ...choice], env);
    await terminal.answer(SEAL, 'y');
    await terminal.answer('No public key is given', KEYS.enter);
    await terminal.answer('Which folder, outside the repository,', join(keys, 'new'), KEYS.enter);
    for (const key of ['api-key', 'database-url'])
      await terminal.answer(`shop/app-credentials/${key}`, KEYS.enter);
    await terminal.answer(WRITE, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    expect(
      Object.keys(backend.open(join(work, 'shop', SECRET_FILE), join(keys, 'new', backend.privateFile))),
    ).toEqual(['api-key', 'database-url']);
  });

  test('what cannot be made up stays pending when nothing is typed', async () => {
    const { work, keys, env } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const flags = [...flagsBut('secrets', 'services'), '--secrets', backend.name, '--services', 'none'];
    const terminal = new Terminal(work, ['shop', ...flags, ...publicHalf], env);
    await terminal.answer(SEAL, 'y');
    await terminal.answer('falco/falco-alerts/webhook-address (nothing typed: leave it pending)', KEYS.enter);
    await terminal.answer(WRITE, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    expect(terminal.text).toContain('Secret falco/falco-alerts (webhook-address) has no value');
    expect(filesOf(join(work, 'shop')).filter((path) => path.endsWith('.secret.yaml'))).toEqual([]);
  });
});
