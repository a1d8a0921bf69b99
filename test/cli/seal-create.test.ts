import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BACKENDS, prepare } from './backends.ts';
import { filesOf, read, run } from './support.ts';
import {
  API_KEY,
  AS_DOTENV,
  AS_JSON,
  DATABASE_URL,
  expectNowhere,
  FROM_ENV,
  ONE_SECRET,
  SECRET_ENV,
  SECRET_FILE,
  VALUES,
  valuesFrom,
  WITH_FULL_NAMES,
} from './values.ts';

/** Every way to give values but the prompt: flags, and what else the process gets. `folder` takes files with values. */
const SOURCES: [string, (folder: string) => { args: string[]; input?: string; env?: typeof SECRET_ENV }][] = [
  ['standard input, JSON', () => ({ args: ['--secrets-stdin'], input: AS_JSON })],
  ['standard input, JSON with full names', () => ({ args: ['--secrets-stdin'], input: WITH_FULL_NAMES })],
  ['standard input, dotenv', () => ({ args: ['--secrets-stdin'], input: AS_DOTENV })],
  ['environment variables', () => ({ args: FROM_ENV, env: SECRET_ENV })],
  [
    'files',
    (folder) => {
      writeFileSync(join(folder, 'a file'), API_KEY);
      writeFileSync(join(folder, 'url'), DATABASE_URL);
      return { args: valuesFrom(`file:${join(folder, 'a file')}`, `file:${join(folder, 'url')}`) };
    },
  ],
  [
    'a mix',
    () => ({
      args: ['--secrets-stdin', ...FROM_ENV.slice(2)],
      input: AS_JSON.replace(/,"database.*/, '}}'),
      env: SECRET_ENV,
    }),
  ],
];

// A file must hold a test, also where no program is there to run one.
if (BACKENDS.length === 0) test.skip('needs kubeseal and openssl, or sops and age-keygen');

describe.each(BACKENDS)('$name', (backend) => {
  const choice = [...ONE_SECRET, '--secrets', backend.name];

  // How values come in has nothing to do with what encrypts them.
  test.each(backend === BACKENDS[0] ? SOURCES : SOURCES.slice(0, 1))(
    'values from %s: only ciphertext is written, and the key opens it',
    async (_, source) => {
      const { work, keys, values, tmp, env, log } = prepare(backend);
      const publicHalf = backend.makeKeys(keys);
      const { args, ...given } = source(values);
      const options = { ...given, env: { ...env, ...given.env } };
      const outcome = await run(work, ['shop', '--yes', ...choice, ...publicHalf, ...args], options);
      expect(outcome).toMatchObject({ code: 0, stdout: `${join(work, 'shop')}\n` });
      expect(backend.open(join(work, 'shop', SECRET_FILE), join(keys, backend.privateFile))).toEqual(VALUES);
      expect(read(log)).toContain(`bin/${backend.sealer}\n`);
      expectNowhere([API_KEY, DATABASE_URL], [outcome.stdout, outcome.stderr, read(log)], work);
      expect(filesOf(tmp)).toEqual([]);
      expect(outcome.stderr).not.toContain('--secret ');
      expect(parse(read(work, 'shop/security/secrets/kustomization.yaml')).resources).toEqual([
        'shop/app-credentials.secret.yaml',
      ]);
    },
  );

  test('generated values: of the length that is asked for, never shown', async () => {
    const { work, keys, env, log } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const generate = valuesFrom('generate', 'generate:48');
    const open = (name: string) =>
      backend.open(join(work, name, SECRET_FILE), join(keys, backend.privateFile));
    const outcomes = [];
    for (const name of ['one', 'two'])
      outcomes.push(await run(work, [name, '--yes', ...choice, ...publicHalf, ...generate], { env }));
    expect(outcomes).toMatchObject([{ code: 0 }, { code: 0 }]);
    const all = [open('one'), open('two')].flatMap((values) => [values['api-key']!, values['database-url']!]);
    expect(all.map((value) => value.length)).toEqual([32, 48, 32, 48]);
    expect(new Set(all).size).toBe(4);
    expectNowhere(all, [...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]), read(log)], work);
  });

  test('a line break at the end of a value is sealed, and told', async () => {
    const { work, keys, values, env } = prepare(backend);
    writeFileSync(join(values, 'echo'), `${API_KEY}\n`);
    writeFileSync(join(values, 'pem'), 'one\ntwo\n');
    const given = ['api-key', 'database-url'].flatMap((key, index) => [
      '--secret',
      `app-credentials/${key}=file:${join(values, ['echo', 'pem'][index]!)}`,
    ]);
    const outcome = await run(work, ['shop', '--yes', ...choice, ...backend.makeKeys(keys), ...given], {
      env,
    });
    expect(outcome.stderr).toContain('shop/app-credentials/api-key ends with a line break');
    expect(outcome.stderr).not.toContain('database-url ends');
    expect(backend.open(join(work, 'shop', SECRET_FILE), join(keys, backend.privateFile))).toEqual({
      'api-key': `${API_KEY}\n`,
      'database-url': 'one\ntwo\n',
    });
  });

  test('--generate-keys: the private half stays outside, closed to others', async () => {
    const { work, keys, tmp, env, log } = prepare(backend);
    const made = join(keys, 'new');
    const outcome = await run(work, ['shop', '--yes', ...choice, '--generate-keys', made, ...FROM_ENV], {
      env: { ...env, ...SECRET_ENV },
    });
    expect(outcome).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(join(made, backend.privateFile)),
    });
    expect(filesOf(made)).toEqual(backend.files);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(join(made, backend.privateFile)).mode & 0o777).toBe(0o600);
    expect(backend.open(join(work, 'shop', SECRET_FILE), join(made, backend.privateFile))).toEqual(VALUES);
    const privateLines = read(made, backend.privateFile)
      .split('\n')
      .filter((line) => /^(AGE-SECRET-KEY|\w[\w+/]{40})/.test(line))
      .slice(0, 3);
    expect(privateLines.length).toBeGreaterThan(0);
    expectNowhere(
      [...privateLines, API_KEY, DATABASE_URL],
      [outcome.stdout, outcome.stderr, read(log)],
      work,
    );
    expect(filesOf(tmp)).toEqual([]);
    // The replay names the public half: a second pair would be another cluster's.
    const replay = outcome.stderr.trimEnd().split('\n').at(-1);
    expect(replay).toMatch(/npm create zero-trust@.* --(age-recipients|sealing-certificate) /);
    expect(replay).not.toContain('--generate-keys');
  });

  test('--force over a repository keeps what was sealed, and its place in the layer', async () => {
    const { work, keys, env } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    await run(work, ['shop', '--yes', ...choice, ...publicHalf, ...FROM_ENV], {
      env: { ...env, ...SECRET_ENV },
    });
    const before = read(work, 'shop', SECRET_FILE);
    const { code, stdout } = await run(
      work,
      ['shop', '--yes', '--force', '--json', ...choice, ...publicHalf, '--domain', 'shop.example.org'],
      { env },
    );
    expect(code).toBe(0);
    expect(read(work, 'shop', SECRET_FILE)).toBe(before);
    expect(parse(read(work, 'shop/security/secrets/kustomization.yaml')).resources).toEqual([
      'shop/app-credentials.secret.yaml',
    ]);
    expect(JSON.parse(stdout).pending.map(({ id }: { id: string }) => id)).not.toContain(
      'secret shop/app-credentials',
    );
    expect(Object.keys(JSON.parse(read(work, 'shop/.zero-trust/ledger.json')).files)).toContain(SECRET_FILE);
  });
});
