import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BACKENDS, fakeProgram, type Backend } from './backends.ts';
import { filesOf, finished, HANG, POSIX, read, run, start, tempFolder, tree, until } from './support.ts';
import { API_KEY, AS_JSON, DATABASE_URL, expectNowhere, FROM_ENV, SECRET_ENV } from './values.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const CREATE = ['shop', '--yes', '--secrets', 'sops', '--age-recipients', RECIPIENT];

/** Ways in which the program that encrypts goes wrong, and what is then said. */
const FAILURES: [string, string, string][] = [
  ['fails and complains with its input', 'cat >&2; exit 7', 'sops failed (7). Nothing was written. It said:'],
  ['fails and complains in base64', 'base64 >&2; exit 1', 'sops failed (1). Nothing was written.'],
  ['fails without a word', 'exit 3', 'It said: nothing'],
  ['fails before it reads', 'exec <&-; exit 4', 'sops failed (4)'],
  ['is killed', 'kill -9 $$', 'sops failed (SIGKILL)'],
  ['succeeds and gives back its input', 'cat', 'returned a value that is not encrypted'],
  ['succeeds and gives back nothing', 'cat > /dev/null', 'returned nothing'],
  [
    'succeeds and gives back something else',
    'cat > /dev/null; echo "a: b: c: ["',
    'did not return one YAML document',
  ],
];

describe.runIf(POSIX)('create, when the program', () => {
  test.each(FAILURES)('%s: nothing is written', async (_, line, message) => {
    const folder = tempFolder();
    const env = fakeProgram(folder, 'sops', line);
    mkdirSync(join(folder, 'work'));
    const outcome = await run(join(folder, 'work'), [...CREATE, ...FROM_ENV], {
      env: { ...env, ...SECRET_ENV },
    });
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
    expectNowhere([API_KEY, DATABASE_URL], [outcome.stderr]);
    expect(outcome.stderr).not.toContain('    at ');
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('is missing: what to install is said', async () => {
    const cwd = tempFolder();
    const outcome = await run(cwd, [...CREATE, ...FROM_ENV], { env: { PATH: '', ...SECRET_ENV } });
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/sops is not installed\. Install sops: https:/),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('hangs: %s ends it, and the program', async (signal, code) => {
    const folder = tempFolder();
    const env = fakeProgram(folder, 'sops', `echo $$ > '${join(folder, 'pid')}'; exec sleep 60`);
    mkdirSync(join(folder, 'work'));
    const child = start(join(folder, 'work'), [...CREATE, ...FROM_ENV], {
      env: { ...env, ...SECRET_ENV },
      timeout: HANG,
    });
    await until('the program runs', () => readdirSync(folder).includes('pid') && read(folder, 'pid') !== '');
    child.kill(signal);
    expect(finished(await child)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringContaining('Cancelled. Nothing was written.'),
    });
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(() => process.kill(Number(read(folder, 'pid')), 0)).toThrow('ESRCH');
  });

  test.each([
    ['a missing program', ''],
    ['a failing program', 'cat >&2; exit 1'],
  ])('%s: new keys are taken back, so that the same command works later', async (_, line) => {
    const folder = tempFolder();
    // Makes a pair as age-keygen does.
    const keygen = `echo '# public key: ${RECIPIENT}' > "$2"`;
    const env = fakeProgram(folder, 'age-keygen', keygen);
    if (line) fakeProgram(folder, 'sops', line);
    const path = `${join(folder, 'bin')}:/bin`;
    const args = ['shop', '--yes', '--secrets', 'sops', '--generate-keys', 'keys', ...FROM_ENV];
    mkdirSync(join(folder, 'work'));
    expect(
      await run(join(folder, 'work'), args, { env: { ...env, PATH: path, ...SECRET_ENV } }),
    ).toMatchObject({ code: 1 });
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
    fakeProgram(folder, 'sops', 'cat > /dev/null; echo "sealed: true"');
    expect(
      await run(join(folder, 'work'), args, { env: { ...env, PATH: path, ...SECRET_ENV } }),
    ).toMatchObject({ code: 0 });
  });
});

describe.runIf(POSIX)('seal, when the program', () => {
  test.each(FAILURES.slice(0, 1))('%s: the repository is as before', async (_, line, message) => {
    const folder = tempFolder();
    await run(folder, CREATE);
    const before = tree(join(folder, 'shop'));
    const env = fakeProgram(folder, 'sops', line);
    const outcome = await run(join(folder, 'shop'), ['seal', '--secrets-stdin'], { env, input: AS_JSON });
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
    expectNowhere([API_KEY, DATABASE_URL], [outcome.stderr]);
    expect(tree(join(folder, 'shop'))).toEqual(before);
  });
});

describe('create with values that cannot be used', () => {
  test.each([
    [
      'a value on the command line',
      ['--secret', 'app-credentials/api-key=hunter2-value'],
      'must not stand on the command line',
    ],
    [
      'a variable that is not set',
      ['--secret', 'app-credentials/api-key=env:hunter2-value'],
      'the environment variable that it names is not set',
    ],
    [
      'a file that is not there',
      ['--secret', 'app-credentials/api-key=file:hunter2-value'],
      'cannot be read (ENOENT)',
    ],
    ['a bad length', ['--secret', 'app-credentials/api-key=generate:3'], '16 to 4096'],
    [
      'a part of a secret',
      ['--secret', 'app-credentials/api-key=generate'],
      'is incomplete: no value for database-url',
    ],
    ['an unknown secret', ['--secret', 'app-credentals/api-key=generate'], 'Did you mean "app-credentials"?'],
    ['keys in the repository', ['--generate-keys', 'shop/keys'], 'Choose a folder outside'],
  ])('%s: exit 2, nothing written', async (_, args, message) => {
    const cwd = tempFolder();
    const outcome = await run(cwd, [...CREATE, ...args]);
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(outcome.stderr).not.toContain('hunter2');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('no key to seal with: both ways out are named', async () => {
    const cwd = tempFolder();
    const outcome = await run(cwd, ['shop', '--yes', '--secrets-stdin'], { input: AS_JSON });
    expect(outcome).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/--sealing-certificate.*--generate-keys DIR/),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe.each(BACKENDS)('$name', (backend: Backend) => {
  test('keys that are there already are not overwritten', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', backend.privateFile), 'precious\n');
    const outcome = await run(
      folder,
      ['shop', '--yes', '--secrets', backend.name, '--generate-keys', 'keys', ...FROM_ENV],
      { env: SECRET_ENV },
    );
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('exists already') });
    expect(filesOf(folder)).toEqual([`keys/${backend.privateFile}`]);
    expect(read(folder, 'keys', backend.privateFile)).toBe('precious\n');
  });

  test('a public key that is none is told by the program, without the values', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'bad.pem'), 'not a certificate\n');
    const bad =
      backend.name === 'sops' ? ['--age-recipients', 'age1nonsense'] : ['--sealing-certificate', 'bad.pem'];
    const PATH = Object.values(backend.programs)
      .map((program) => join(program!, '..'))
      .join(':');
    const outcome = await run(folder, ['shop', '--yes', '--secrets', backend.name, ...bad, ...FROM_ENV], {
      env: { PATH, ...SECRET_ENV },
    });
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`${backend.sealer} failed`),
    });
    expectNowhere([API_KEY, DATABASE_URL], [outcome.stderr]);
    expect(filesOf(folder)).toEqual(['bad.pem']);
  });
});
