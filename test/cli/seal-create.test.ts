import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BACKENDS, recorded, type Backend } from './backends.ts';
import { flagsBut, SEAL, WRITE } from './answers.ts';
import { filesOf, read, run, tempFolder } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';
import { API_KEY, AS_JSON, DATABASE_URL, expectNowhere, FROM_ENV, SECRET_ENV, SECRET_FILE, VALUES } from './values.ts';

interface Source {
  args: string[];
  options?: Options;
}

/** Every way to give values but the prompt. `folder` takes the files with values. */
const SOURCES: [string, (folder: string) => Source][] = [
  ['standard input, JSON', () => ({ args: ['--secrets-stdin'], options: { input: AS_JSON } })],
  ['standard input, JSON with full names', () => ({ args: ['--secrets-stdin'], options: { input: JSON.stringify({ 'shop/app-credentials/api-key': API_KEY, 'app-credentials/database-url': DATABASE_URL }) } })],
  ['standard input, dotenv', () => ({ args: ['--secrets-stdin'], options: { input: `# values\napp-credentials/api-key=\`${API_KEY}\`\nexport app-credentials/database-url="${DATABASE_URL}" # x\n` } })],
  ['environment variables', () => ({ args: FROM_ENV, options: { env: SECRET_ENV } })],
  [
    'files',
    (folder) => {
      writeFileSync(join(folder, 'a file'), API_KEY);
      writeFileSync(join(folder, 'url'), DATABASE_URL);
      return { args: ['--secret', `app-credentials/api-key=file:${join(folder, 'a file')}`, '--secret', `shop/app-credentials/database-url=file:${join(folder, 'url')}`] };
    },
  ],
  ['a mix', () => ({ args: ['--secrets-stdin', ...FROM_ENV.slice(2)], options: { env: SECRET_ENV, input: `{"app-credentials/api-key":${JSON.stringify(API_KEY)}}` } })],
];

/** Folders of one run: work for the repository, keys for the pair, values for files with values, and the recorded programs. */
function prepare(backend: Backend) {
  const folder = tempFolder();
  const [work, keys, values] = ['work', 'keys', 'values'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [work, keys, values]) mkdirSync(path);
  return { work, keys, values, tmp: join(folder, 'tmp'), ...recorded(folder, backend) };
}

describe.each(BACKENDS)('$name', (backend) => {
  const choice = ['--secrets', backend.name];

  test.each(SOURCES)('values from %s: only ciphertext is written, and the key opens it', async (_, source) => {
    const { work, keys, values, tmp, env, log } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const { args, options } = source(values);
    const outcome = await run(work, ['shop', '--yes', ...choice, ...publicHalf, ...args], { ...options, env: { ...env, ...options?.env } as Record<string, string> });
    expect(outcome).toMatchObject({ code: 0, stdout: `${join(work, 'shop')}\n` });
    expect(backend.open(join(work, 'shop', SECRET_FILE), join(keys, backend.privateFile))).toEqual(VALUES);
    expect(read(log)).toContain(`bin/${backend.sealer}\n`);
    expectNowhere([API_KEY, DATABASE_URL], [outcome.stdout, outcome.stderr, read(log)], work);
    expect(filesOf(tmp)).toEqual([]);
    expect(outcome.stderr).not.toContain('--secret ');
    expect(parse(read(work, 'shop/security/secrets/kustomization.yaml')).resources).toEqual(['shop/app-credentials.secret.yaml']);
  });

  test('generated values: of the length that is asked for, never shown', async () => {
    const { work, keys, env, log } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const generate = ['--secret', 'app-credentials/api-key=generate', '--secret', 'app-credentials/database-url=generate:48'];
    const open = (name: string) => backend.open(join(work, name, SECRET_FILE), join(keys, backend.privateFile));
    const outcomes = [];
    for (const name of ['one', 'two']) outcomes.push(await run(work, [name, '--yes', ...choice, ...publicHalf, ...generate], { env }));
    expect(outcomes).toMatchObject([{ code: 0 }, { code: 0 }]);
    const all = [open('one'), open('two')].flatMap((values) => [values['api-key']!, values['database-url']!]);
    expect(all.map((value) => value.length)).toEqual([32, 48, 32, 48]);
    expect(new Set(all).size).toBe(4);
    expectNowhere(all, [...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]), read(log)], work);
  });

  test('--generate-keys: the private half stays outside, closed to others', async () => {
    const { work, keys, tmp, env, log } = prepare(backend);
    const made = join(keys, 'new');
    const outcome = await run(work, ['shop', '--yes', ...choice, '--generate-keys', made, ...FROM_ENV], { env: { ...env, ...SECRET_ENV } });
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining(join(made, backend.privateFile)) });
    expect(filesOf(made)).toEqual(backend.files);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(join(made, backend.privateFile)).mode & 0o777).toBe(0o600);
    expect(backend.open(join(work, 'shop', SECRET_FILE), join(made, backend.privateFile))).toEqual(VALUES);
    const privateLines = read(made, backend.privateFile).split('\n').filter((line) => /^(AGE-SECRET-KEY|\w[\w+/]{40})/.test(line) && !line.startsWith('#'));
    expect(privateLines.length).toBeGreaterThan(0);
    expectNowhere([...privateLines, API_KEY, DATABASE_URL], [outcome.stdout, outcome.stderr, read(log)], work);
    expect(filesOf(tmp)).toEqual([]);
    // The replay names the public half: a second pair would be another cluster's.
    const replay = outcome.stderr.trimEnd().split('\n').at(-1);
    expect(replay).toMatch(/npm create zero-trust@.* --(age-recipients|sealing-certificate) /);
    expect(replay).not.toContain('--generate-keys');
  });

  test('typed at the hidden prompt: no echo', async () => {
    const { work, keys, env, log } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    const terminal = new Terminal(work, ['shop', ...flagsBut('secrets'), ...choice, ...publicHalf], env);
    await terminal.answer(SEAL, 'y');
    await terminal.answer('shop/app-credentials/api-key', API_KEY, KEYS.enter);
    await terminal.answer('shop/app-credentials/database-url', KEYS.enter);
    await terminal.answer(WRITE, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    const { 'api-key': typed, 'database-url': generated } = backend.open(join(work, 'shop', SECRET_FILE), join(keys, backend.privateFile));
    expect(typed).toBe(API_KEY);
    expect(generated).toHaveLength(32);
    expectNowhere([API_KEY, generated!], [terminal.transcript, terminal.text, read(log)], work);
    expect(terminal.text).not.toContain('has no value');
  });

  test('a key pair made from the prompt', async () => {
    const { work, keys, env } = prepare(backend);
    const terminal = new Terminal(work, ['shop', ...flagsBut('secrets'), ...choice], env);
    await terminal.answer(SEAL, 'y');
    await terminal.answer('No public key is given', KEYS.enter);
    await terminal.answer('Which folder, outside the repository,', join(keys, 'new'), KEYS.enter);
    for (const key of ['api-key', 'database-url']) await terminal.answer(`shop/app-credentials/${key}`, KEYS.enter);
    await terminal.answer(WRITE, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    expect(Object.keys(backend.open(join(work, 'shop', SECRET_FILE), join(keys, 'new', backend.privateFile)))).toEqual(['api-key', 'database-url']);
  });

  test('--force over a repository keeps what was sealed, and its place in the layer', async () => {
    const { work, keys, env } = prepare(backend);
    const publicHalf = backend.makeKeys(keys);
    await run(work, ['shop', '--yes', ...choice, ...publicHalf, ...FROM_ENV], { env: { ...env, ...SECRET_ENV } });
    const before = read(work, 'shop', SECRET_FILE);
    const { code, stdout } = await run(work, ['shop', '--yes', '--force', '--json', ...choice, ...publicHalf, '--domain', 'shop.example.org'], { env });
    expect(code).toBe(0);
    expect(read(work, 'shop', SECRET_FILE)).toBe(before);
    expect(parse(read(work, 'shop/security/secrets/kustomization.yaml')).resources).toEqual(['shop/app-credentials.secret.yaml']);
    expect(JSON.parse(stdout).pending.map(({ id }: { id: string }) => id)).not.toContain('secret shop/app-credentials');
    expect(Object.keys(JSON.parse(read(work, 'shop/.zero-trust/ledger.json')).files)).toContain(SECRET_FILE);
  });
});
