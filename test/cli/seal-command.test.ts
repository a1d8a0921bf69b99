import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sha256 } from '../../src/repo/sha256.ts';
import { BACKENDS, recorded, type Backend } from './backends.ts';
import { changed, filesOf, read, run, sharedFolder, tempFolder, tree } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';
import { API_KEY, AS_JSON, DATABASE_URL, expectNowhere, ONE_SECRET, SECRET_FILE, VALUES } from './values.ts';

/** A repository without its secret, keys beside it, and the recorded programs. */
async function given(backend: Backend, { withKey = true, folder = tempFolder() } = {}) {
  const [keys, repository] = [join(folder, 'keys'), join(folder, 'shop')];
  mkdirSync(keys);
  const publicHalf = withKey ? backend.makeKeys(keys) : [];
  expect(
    await run(folder, ['shop', '--yes', ...ONE_SECRET, '--secrets', backend.name, ...publicHalf]),
  ).toMatchObject({ code: 0 });
  const { env, log } = recorded(folder, backend);
  const seal = (args: string[] = [], input = AS_JSON) =>
    run(repository, ['seal', '--secrets-stdin', ...args], { env, input });
  const open = () => backend.open(join(repository, SECRET_FILE), join(keys, backend.privateFile));
  return { folder, keys, repository, env, log, seal, open };
}

const ledgerOf = (repository: string) =>
  JSON.parse(read(repository, '.zero-trust/ledger.json')).files as Record<
    string,
    { sha256: string; component: string }
  >;

// A file must hold a test, also where no program is there to run one.
if (BACKENDS.length === 0) test.skip('needs kubeseal and openssl, or sops and age-keygen');

describe.each(BACKENDS)('seal with $name', (backend) => {
  test('writes ciphertext and what names it, nothing else', async () => {
    const { folder, repository, log, seal, open } = await given(backend);
    expect(read(repository, 'README.md')).toContain('--secret shop/app-credentials/api-key=');
    const before = tree(repository);
    const outcome = await seal();
    expect(outcome).toMatchObject({ code: 0 });
    expect(open()).toEqual(VALUES);
    expectNowhere(
      [API_KEY, DATABASE_URL],
      [outcome.stdout, outcome.stderr, read(log)],
      repository,
      join(folder, 'tmp'),
    );
    expect(read(repository, 'README.md')).not.toContain('--secret shop/app-credentials/');
    expect(parse(read(repository, 'security/secrets/kustomization.yaml')).resources).toEqual([
      'shop/app-credentials.secret.yaml',
    ]);
    const touched = changed(before, tree(repository)).filter((path) => !path.endsWith('/'));
    expect(
      outcome.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[1])
        .sort(),
    ).toEqual(touched);
    expect(touched).not.toContain('zero-trust.yaml');
    for (const [path, { sha256: hash }] of Object.entries(ledgerOf(repository)))
      expect([path, sha256(read(repository, path))]).toEqual([path, hash]);
    expect(ledgerOf(repository)).toHaveProperty([SECRET_FILE]);
  });

  test('gives the repository that create would have given, but for the ciphertext', async () => {
    const { folder, repository, env, seal } = await given(backend);
    await seal();
    const whole = ['whole', '--config', join(repository, 'zero-trust.yaml'), '--secrets-stdin'];
    expect(await run(folder, whole, { env, input: AS_JSON })).toMatchObject({ code: 0 });
    expect(changed(tree(repository), tree(join(folder, 'whole')))).toEqual([
      '.zero-trust/ledger.json',
      SECRET_FILE,
    ]);
  });

  test('a second time: new values, no other change', async () => {
    const { repository, seal, open } = await given(backend);
    await seal();
    const before = tree(repository);
    expect(
      await seal(
        [],
        `app-credentials/api-key=another-value-1\napp-credentials/database-url=another-value-2\n`,
      ),
    ).toMatchObject({ code: 0, stdout: `replace .zero-trust/ledger.json\nreplace ${SECRET_FILE}\n` });
    expect(open()).toEqual({ 'api-key': 'another-value-1', 'database-url': 'another-value-2' });
    expect(changed(before, tree(repository))).toEqual(['.zero-trust/ledger.json', SECRET_FILE]);
  });

  test('files that were changed or removed by hand are left alone, and named', async () => {
    const { repository, seal, open } = await given(backend);
    writeFileSync(join(repository, 'README.md'), '# ours now\n');
    rmSync(join(repository, 'docs/checklist.md'));
    writeFileSync(join(repository, 'mine.txt'), 'mine\n');
    const outcome = await seal();
    expect(outcome).toMatchObject({ code: 0 });
    expect(open()).toEqual(VALUES);
    const named = outcome.stderr
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter(Boolean);
    expect(outcome.stderr).toMatch(/^Left as they are, changed by hand/);
    expect(named).toEqual(['README.md', 'docs/checklist.md']);
    expect(read(repository, 'README.md')).toBe('# ours now\n');
    expect(filesOf(repository)).not.toContain('docs/checklist.md');
    expect(read(repository, 'mine.txt')).toBe('mine\n');
  });

  test('--generate-keys, in a repository whose Blueprint has comments of the user', async () => {
    const { folder, repository, seal } = await given(backend, { withKey: false });
    writeFileSync(join(repository, 'zero-trust.yaml'), `# ours\n${read(repository, 'zero-trust.yaml')}`);
    const outcome = await seal(['--generate-keys', '../keys/new']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(
      backend.open(join(repository, SECRET_FILE), join(folder, 'keys/new', backend.privateFile)),
    ).toEqual(VALUES);
    expect(read(repository, 'zero-trust.yaml')).toContain('# ours');
    // The public half is in the Blueprint now: sealing again needs no flag.
    expect(await seal()).toMatchObject({ code: 0 });
    expect(
      backend.open(join(repository, SECRET_FILE), join(folder, 'keys/new', backend.privateFile)),
    ).toEqual(VALUES);
  });

  test('--generate-keys without a value: the pair alone, and what is sealed later opens with it', async () => {
    const { folder, repository, env, seal } = await given(backend, { withKey: false });
    const before = tree(repository);
    expect(await run(repository, ['seal', '--generate-keys', '../keys/new'], { env })).toMatchObject({
      code: 0,
    });
    expect(filesOf(join(folder, 'keys/new'))).toEqual(backend.files);
    expect(changed(before, tree(repository))).toContain('zero-trust.yaml');
    expect(filesOf(repository)).not.toContain(SECRET_FILE);
    expect(await seal()).toMatchObject({ code: 0 });
    const privateFile = join(folder, 'keys/new', backend.privateFile);
    expect(backend.open(join(repository, SECRET_FILE), privateFile)).toEqual(VALUES);
  });

  test('typed at the hidden prompt: no echo', async () => {
    const { folder, repository, env, log, open } = await given(backend);
    const terminal = new Terminal(folder, ['seal', 'shop'], env);
    await terminal.answer('Seal the secrets now?', 'y');
    await terminal.answer('shop/app-credentials/api-key', API_KEY, KEYS.enter);
    await terminal.answer('shop/app-credentials/database-url', DATABASE_URL, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    expect(open()).toEqual(VALUES);
    expectNowhere([API_KEY, DATABASE_URL], [terminal.transcript, terminal.text, read(log)], repository);
  });
});

const RECIPIENTS = BACKENDS.filter(({ name }) => name === 'sops');
test.each(RECIPIENTS)('a second pair of $name is added: who could read, still can', async (backend) => {
  const { folder, repository, seal, open } = await given(backend);
  expect(await seal(['--generate-keys', '../keys/new'])).toMatchObject({ code: 0 });
  expect(open()).toEqual(VALUES);
  const privateFile = join(folder, 'keys/new', backend.privateFile);
  expect(backend.open(join(repository, SECRET_FILE), privateFile)).toEqual(VALUES);
});

describe.each(BACKENDS.slice(0, 1))('seal writes nothing', (backend) => {
  const shared = sharedFolder();
  let repository: string;
  let seal: (args: string[], input?: string) => ReturnType<typeof run>;
  let before: Record<string, string>;
  beforeAll(async () => {
    ({ repository, seal } = await given(backend, { folder: shared }));
    before = tree(repository);
  });
  afterEach(() => {
    expect(tree(repository)).toEqual(before);
    expect(filesOf(join(shared, 'tmp'))).toEqual([]);
  });

  test('in a dry run', async () => {
    const { code, stdout } = await seal(['--dry-run', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files).toContainEqual(
      expect.objectContaining({ path: 'security/secrets/kustomization.yaml', action: 'create' }),
    );
  });

  test.each([
    ['no value at all', '', 'Pending: shop/app-credentials'],
    [
      'a part of a secret',
      '{"app-credentials/api-key":"hunter2-value"}',
      'shop/app-credentials is incomplete: no value for database-url',
    ],
    ['an unknown secret', 'app-credential/api-key=hunter2-value\n', 'Did you mean "app-credentials"?'],
    ['an unknown key', 'app-credentials/api-kee=hunter2-value\n', 'Did you mean "api-key"?'],
    ['broken JSON', '{"app-credentials": {"api-key": "hunter2-value}\n', 'not valid JSON'],
    ['a line that is none', 'hunter2-value\n', 'standard input, line 1'],
    ['an empty value', 'app-credentials/api-key=\n', 'is empty'],
    [
      'the same key twice',
      'app-credentials/api-key=hunter2-value\nshop/app-credentials/api-key=hunter2-value\n',
      'is given twice',
    ],
  ])('with %s', async (_, input, message) => {
    const outcome = await seal([], input);
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(outcome.stderr).not.toContain('hunter2');
  });

  test('with a new pair in the repository', async () => {
    const stderr = expect.stringContaining('Choose a folder outside');
    expect(await seal(['--generate-keys', 'keys'])).toMatchObject({ code: 2, stdout: '', stderr });
  });
});
