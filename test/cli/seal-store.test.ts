import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exists } from '../../src/repo/read.ts';
import { flagsBut, WRITE } from './answers.ts';
import { read, run, sharedFolder, tempFolder, tree } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';
import { ONE_SECRET } from './values.ts';

const CHOICE = [...ONE_SECRET, '--secrets', 'external-secrets'];
const ADDRESS = ['--store-address', 'https://vault.vault.svc:8200'];
const COMMAND = 'vault kv put -mount=secret shop/shop/app-credentials -';

describe('where a store keeps values', () => {
  const folder = sharedFolder();
  const repository = join(folder, 'shop');

  test('[eso-secret] create names every command that puts a value into the store, and nothing to seal', async () => {
    const outcome = await run(folder, ['shop', '--yes', ...CHOICE, ...ADDRESS]);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stderr).toContain(`${COMMAND}  # api-key, database-url`);
    expect(outcome.stderr).not.toContain('has no value');
    expect(outcome.stderr).not.toContain('seal .');
    expect(read(repository, 'security/secrets/shop/app-credentials.yaml')).toContain('kind: ExternalSecret');
    expect(read(repository, 'docs/secret-store.md')).toContain(COMMAND);
  });

  test('[eso-secret] seal is a usage error that says where values go, and writes nothing', async () => {
    const before = tree(repository);
    for (const args of [
      [],
      ['--secret', 'app-credentials/api-key=generate'],
      ['--generate-keys', '../keys'],
    ]) {
      const outcome = await run(repository, ['seal', ...args]);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain('keeps values in a store, not in the repository: nothing is sealed.');
      expect(outcome.stderr).toContain(`a JSON object with api-key, database-url\n  ${COMMAND}\n`);
    }
    expect(tree(repository)).toEqual(before);
    expect(exists(join(folder, 'keys'))).toBe(false);
  });

  test('[eso-secret] create refuses values that it could not use, before anything is written', async () => {
    for (const args of [
      ['--secret', 'app-credentials/api-key=env:HOME'],
      ['--secrets-stdin'],
      ['--generate-keys', 'keys'],
    ]) {
      const outcome = await run(folder, ['other', '--yes', ...CHOICE, ...args], { input: '{}' });
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain('Say where it is with --store-address when you render.');
    }
    expect(exists(join(folder, 'other'))).toBe(false);
  });

  test('[eso-store] without an address no secret is named, and the address alone is pending', async () => {
    const outcome = await run(folder, ['later', '--yes', ...CHOICE]);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stderr).toContain("No store's address is given, so no secret reaches the cluster");
    expect(outcome.stderr).not.toContain('has no value');
    expect(exists(join(folder, 'later/security/secrets'))).toBe(false);
    const verified = await run(folder, ['verify', '--json', 'later']);
    expect(verified.stdout).not.toContain('secrets/pending');
    const again = await run(join(folder, 'later'), [
      '.',
      '--config',
      'zero-trust.yaml',
      '--force',
      ...ADDRESS,
    ]);
    expect(again).toMatchObject({ code: 0 });
    expect(exists(join(folder, 'later/security/secrets/shop/app-credentials.yaml'))).toBe(true);
    expect(await run(folder, ['verify', 'later'])).toMatchObject({ code: 0 });
  });
});

test('[eso-secret] create asks for no value on a terminal', async () => {
  const work = tempFolder();
  const terminal = new Terminal(work, ['shop', ...flagsBut('secrets', 'runtime'), ...CHOICE, ...ADDRESS]);
  await terminal.answer(WRITE, KEYS.enter);
  expect(await terminal.end()).toBe(0);
  expect(terminal.text).not.toContain('Seal the secrets now?');
});
