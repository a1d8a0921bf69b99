import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { UserError } from '../src/error.ts';
import { generateKeys } from '../src/seal/keys.ts';
import { secretManifest } from '../src/seal/manifest.ts';
import { scrub } from '../src/seal/scrub.ts';
import { seal } from '../src/seal/seal.ts';
import type { SecretValue } from '../src/seal/types.ts';
import type { SealSpec } from '../src/types/secrets-backend.ts';
import { findEngine } from './fakes/engines.ts';

const FAKES = join(import.meta.dirname, 'fakes');
const POSIX = process.platform !== 'win32';
const SECRET = {
  namespace: 'shop',
  name: 'app-credentials',
  keys: ['password'],
  path: 'apps/shop/app-credentials.secret.yaml',
};
const VALUE = 'hunter2-correct-horse';
const VALUES = new Map([['password', VALUE]]);

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'seal-test-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A backend whose programs are the fake in one of its modes. */
function fake(mode: string, ...rest: string[]): SealSpec {
  const program = { program: process.execPath, install: 'Install it.' };
  const args = [join(FAKES, 'program.mjs'), mode];
  return {
    ...program,
    args: [...args, ...rest],
    key: 'publicKey',
    generateKeys: {
      ...program,
      args: [...args, '{dir}', ...rest],
      publicFile: 'public.pem',
      privateFile: 'private.key',
    },
  };
}

const sealWith = (
  spec: SealSpec,
  inputs: Record<string, string | string[]> = { publicKey: 'pub' },
  values: Map<string, SecretValue> = VALUES,
) => seal(SECRET, values, spec, inputs);

/** The UserError that must come; no part of it may show the value. */
async function refusal(sealed: Promise<unknown>): Promise<UserError> {
  const error = await sealed.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(UserError);
  const everything = `${(error as UserError).stack} ${JSON.stringify(error)} ${String((error as UserError).cause)}`;
  for (const shown of [VALUE, 'hunter2', 'correct', Buffer.from(VALUE).toString('base64')])
    expect(everything).not.toContain(shown);
  return error as UserError;
}

describe('the plain Secret', () => {
  test('everything in quotes, bytes as base64', () => {
    const secret = { ...SECRET, type: 'example.com/x', keys: ['yes', 'bytes', 'odd', 'pem'] };
    const values = new Map<string, SecretValue>([
      ['yes', 'yes'],
      ['bytes', Buffer.from([0xff, 0])],
      ['odd', 'a\u0085b'],
      ['pem', Buffer.from('x\ny\n')],
      ['extra', 'x'],
    ]);
    expect(secretManifest(secret, values)).toBe(`"apiVersion": "v1"
"kind": "Secret"
"metadata":
  "name": "app-credentials"
  "namespace": "shop"
"type": "example.com/x"
"stringData":
  "yes": "yes"
  "pem": "x\\ny\\n"
"data":
  "bytes": "/wA="
  "odd": "YcKFYg=="
`);
  });

  test('a key without value is refused', () => {
    expect(() => secretManifest(SECRET, new Map())).toThrow(
      'shop/app-credentials is incomplete: no value for password.',
    );
  });
});

describe('scrub', () => {
  test('whole, in pieces, and as base64', () => {
    const text = `a ${VALUE} b ${VALUE.slice(3, 10)} c ${Buffer.from(VALUE).toString('base64')} d`;
    expect(scrub(text, [VALUE])).toBe('a *** b *** c *** d');
    expect(scrub('pin 1234, pin 12', ['1234'])).toBe('pin ***, pin 12');
    expect(scrub('bytes /wD/ and more', [Buffer.from([0xff, 0x00, 0xff])])).toBe('bytes *** and more');
  });
});

describe('a program that goes wrong', () => {
  test('complains about what it was given', async () => {
    const error = await refusal(sealWith(fake('complain')));
    expect(error.message).toMatch(/failed \(3\)\. Nothing was written\. It said: [^]*bad input/);
  });

  test('leaves without reading', async () => {
    const error = await refusal(
      sealWith(fake('leave'), undefined, new Map([['password', VALUE.repeat(20_000)]])),
    );
    expect(error.message).toContain('failed (4). Nothing was written. It said: nothing');
  });

  test.each([
    ['nothing', 'returned nothing for shop/app-credentials'],
    ['copy', 'returned a value that is not encrypted'],
    ['garbage', 'did not return one YAML document'],
  ])('%s', async (mode, message) => {
    expect((await refusal(sealWith(fake(mode)))).message).toContain(message);
  });

  test('returns a value as base64, somewhere else', async () => {
    expect(
      (
        await refusal(
          sealWith(
            fake('encoded', 'public-text-of-it'),
            undefined,
            new Map([['password', 'public-text-of-it']]),
          ),
        )
      ).message,
    ).toContain('not encrypted');
  });

  test('returns a short value under its key', async () => {
    await refusal(sealWith(fake('copy'), undefined, new Map([['password', '1']])));
  });

  test('a value that is also a name is no leak', async () => {
    const spec = {
      ...fake('encoded', 'x'),
      args: ['-e', 'console.log("metadata: { name: app-credentials }")'],
    };
    await expect(sealWith(spec, undefined, new Map([['password', 'app-credentials']]))).resolves.toContain(
      'metadata',
    );
  });

  test('is missing', async () => {
    const error = await refusal(
      sealWith({
        ...fake('copy'),
        program: 'no-such-program',
        install: 'Install it from https://example.com.',
      }),
    );
    expect(error.message).toMatch(/^The program no-such-program is not installed.*\. Install it from https:/);
  });

  test('hangs until stopped', async () => {
    const stop = new AbortController();
    const sealed = seal(SECRET, VALUES, fake('hang'), { publicKey: 'pub' }, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped')), 100);
    await expect(sealed).rejects.toThrow('stopped');
    await expect(
      seal(SECRET, VALUES, fake('hang'), { publicKey: 'pub' }, { signal: stop.signal }),
    ).rejects.toThrow('stopped');
  });
});

test.each<Record<string, string | string[]>>([{}, { publicKey: '' }, { publicKey: [] }])(
  'without the key nothing is started',
  async (inputs) => {
    const error = await refusal(sealWith({ ...fake('copy'), program: 'no-such-program' }, inputs));
    expect(error.message).toBe(
      'Nothing can be sealed without publicKey. Give it with --public-key, or make a new key pair with --generate-keys DIR.',
    );
    expect(error.exitCode).toBe(2);
  },
);

test('placeholders are filled, and what is no placeholder stays', async () => {
  const script =
    'const a = process.argv.slice(1); console.log(JSON.stringify([...a, require("fs").readFileSync(a[3], "utf8")]))';
  const spec = {
    ...fake(''),
    args: [
      '-e',
      script,
      '--',
      '{path}',
      '{input:list}',
      '^(data|x{2})$',
      '{file:publicKey}',
      '--x={input:list}',
    ],
  };
  const output = parse(await sealWith(spec, { publicKey: 'line\n$&\n', list: ['a', 'b$1'] })) as string[];
  expect(output).toEqual([
    SECRET.path,
    'a,b$1',
    '^(data|x{2})$',
    expect.stringContaining('publicKey'),
    '--x=a,b$1',
    'line\n$&\n',
  ]);
  expect(existsSync(dirname(output[3]!))).toBe(false);
});

describe('generated keys', () => {
  const make = (folder: string, spec = fake('keys')) =>
    generateKeys(folder, spec, { repository: join(dir, 'repo') });

  test('in a new folder, closed to others', async () => {
    const folder = join(dir, 'a/keys');
    expect(await make(folder)).toMatchObject({
      publicHalf: 'PUBLIC\n',
      privateFile: join(folder, 'private.key'),
    });
    expect(readdirSync(folder).sort()).toEqual(['private.key', 'public.pem']);
    if (!POSIX) return;
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'private.key')).mode & 0o777).toBe(0o600);
  });

  test('a key that is there is never replaced', async () => {
    writeFileSync(join(dir, 'private.key'), 'old');
    expect((await refusal(make(dir))).message).toContain('private.key exists already');
    expect(readdirSync(dir)).toEqual(['private.key']);
  });

  test('not in the repository, by whatever way', async () => {
    expect((await refusal(make(join(dir, 'repo')))).message).toContain('lies in the repository');
    expect((await refusal(make(join(dir, 'x/../repo/keys')))).message).toContain('lies in the repository');
    mkdirSync(join(dir, 'repo'));
    if (POSIX) {
      symlinkSync(join(dir, 'repo'), join(dir, 'link'));
      expect((await refusal(make(join(dir, 'link/keys')))).message).toContain('lies in the repository');
    }
    await expect(make(join(dir, 'repo-keys'))).resolves.toBeDefined();
  });

  test.each([
    ['fail', 'failed (1)'],
    ['no-public', 'wrote no public key'],
    ['no-private', 'No keys were made'],
  ])('%s leaves nothing', async (how, message) => {
    mkdirSync(join(dir, 'there'));
    expect((await refusal(make(join(dir, 'a/keys'), fake('keys', how)))).message).toContain(message);
    await refusal(make(join(dir, 'there'), fake('keys', how)));
    expect(readdirSync(dir)).toEqual(['there']);
    expect(readdirSync(join(dir, 'there'))).toEqual([]);
  });

  test('a missing program and a file in place of the folder', async () => {
    const spec = fake('keys');
    const missing = { ...spec, generateKeys: { ...spec.generateKeys, program: 'no-such-program' } };
    expect((await refusal(make(join(dir, 'keys'), missing))).message).toMatch(
      /^The program no-such-program is not installed.*\. Install it\.$/,
    );
    writeFileSync(join(dir, 'file'), '');
    expect((await refusal(make(join(dir, 'file/keys')))).message).toContain('No keys were made');
    expect(readdirSync(dir)).toEqual(['file']);
  });
});

/** Values that quoting, YAML 1.1 and encodings would change. */
const NASTY: Record<string, SecretValue> = {
  password: VALUE,
  yes: 'yes',
  octal: '010',
  date: '2001-01-01',
  null: '~',
  spaces: '  x  ',
  lines: 'a\n\n b: c\n',
  crlf: 'a\r\nb',
  quotes: `'"\\$(x)`,
  unicode: 'ünï😀',
  nel: 'a\u0085b\u2028c',
  control: 'a\u0000\u0007\u001b[31m',
  bom: '\uFEFFx',
  bytes: Buffer.from([0xff, 0xfe, 0, 10]),
  long: 'x y '.repeat(500),
};
const NASTY_SECRET = { ...SECRET, keys: Object.keys(NASTY) };
const NASTY_VALUES = new Map(Object.entries(NASTY));
const BASE64 = Object.fromEntries(
  Object.entries(NASTY).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
);

/** The backend with its program behind one that writes down what others could see. */
function recorded(spec: SealSpec): SealSpec {
  return {
    ...spec,
    program: process.execPath,
    args: [join(FAKES, 'record.mjs'), join(dir, 'record.json'), spec.program, ...spec.args],
  };
}

/** Nothing that another process or a disk could show holds a value. */
function expectNoTrace(): void {
  const record = readFileSync(join(dir, 'record.json'), 'utf8');
  expect(JSON.parse(record).argv).toContain(join(FAKES, 'record.mjs'));
  for (const value of [VALUE, BASE64.password, NASTY.unicode]) expect(record).not.toContain(value);
}

/** `data` of a decrypted Secret, `stringData` encoded into it as a cluster does. */
function dataOf(yaml: string): Record<string, string> {
  const { data = {}, stringData = {} } = parse(yaml) as Record<string, Record<string, string>>;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  return { ...data, ...(Object.fromEntries(encoded) as Record<string, string>) };
}

const ENV = { ...process.env, LEAKED_PASSWORD: VALUE };

describe('kubeseal', () => {
  const [kubeseal, openssl] = [findEngine('kubeseal'), findEngine('openssl')];
  const spec: SealSpec = {
    program: kubeseal ?? '',
    args: ['--cert', '{file:sealingCertificate}', '--format', 'yaml'],
    key: 'sealingCertificate',
    install: '',
    generateKeys: {
      program: openssl ?? '',
      publicFile: 'sealing.crt',
      privateFile: 'sealing.key',
      install: '',
      args: 'req -x509 -nodes -newkey rsa:4096 -keyout {dir}/sealing.key -out {dir}/sealing.crt -subj /CN=sealed-secret/O=sealed-secret -days 3650'.split(
        ' ',
      ),
    },
  };
  const unseal = (key: string, sealed: string) =>
    spawnSync(kubeseal!, ['--recovery-unseal', '--recovery-private-key', key, '--format', 'yaml'], {
      input: sealed,
      encoding: 'utf8',
    });

  test.runIf(kubeseal && openssl)('keys, round trip, and a renamed copy that stays closed', async () => {
    const keys = await generateKeys(join(dir, 'keys'), spec, { repository: join(dir, 'repo') });
    const inputs = { sealingCertificate: keys.publicHalf };
    const sealed = await seal(NASTY_SECRET, NASTY_VALUES, recorded(spec), inputs, { env: ENV });
    expectNoTrace();
    const object = parse(sealed) as { kind: string; metadata: Record<string, string> };
    expect(object).toMatchObject({
      kind: 'SealedSecret',
      metadata: { name: 'app-credentials', namespace: 'shop' },
    });
    const opened = unseal(keys.privateFile, sealed);
    expect(dataOf(opened.stdout)).toEqual(BASE64);
    const renamed = unseal(
      keys.privateFile,
      stringify({ ...object, metadata: { ...object.metadata, name: 'other' } }),
    );
    expect(renamed.status).not.toBe(0);
  });

  test.runIf(kubeseal)('a certificate that is none', async () => {
    expect((await refusal(sealWith(spec, { sealingCertificate: 'x' }))).message).toMatch(
      /failed \(1\).*It said: .*/,
    );
  });
});

describe('sops', () => {
  const [sops, ageKeygen] = [findEngine('sops'), findEngine('age-keygen')];
  const spec: SealSpec = {
    program: sops ?? '',
    key: 'ageRecipients',
    install: '',
    args: [
      'encrypt',
      '--age',
      '{input:ageRecipients}',
      '--encrypted-regex',
      '^(data|stringData)$',
      '--filename-override',
      '{path}',
      '--input-type',
      'yaml',
      '--output-type',
      'yaml',
    ],
    generateKeys: {
      program: ageKeygen ?? '',
      args: ['-o', '{dir}/age.agekey'],
      install: '',
      publicFile: 'age.agekey',
      publicPattern: 'public key: (age1\\S+)',
      privateFile: 'age.agekey',
    },
  };

  test.runIf(sops && ageKeygen)('keys, and a round trip for two recipients', async () => {
    const pairs = [];
    for (const name of ['one', 'two'])
      pairs.push(await generateKeys(join(dir, name), spec, { repository: join(dir, 'repo') }));
    expect(pairs[0]!.publicHalf).toMatch(/^age1[a-z0-9]+$/);
    const sealed = await seal(
      NASTY_SECRET,
      NASTY_VALUES,
      recorded(spec),
      { ageRecipients: pairs.map(({ publicHalf }) => publicHalf) },
      { env: ENV },
    );
    expectNoTrace();
    expect(parse(sealed)).toMatchObject({
      kind: 'Secret',
      metadata: { name: 'app-credentials' },
      type: 'Opaque',
    });
    writeFileSync(join(dir, 'x.yaml'), sealed);
    for (const { privateFile } of pairs) {
      const env = { ...process.env, SOPS_AGE_KEY_FILE: privateFile };
      expect(
        dataOf(execFileSync(sops!, ['decrypt', join(dir, 'x.yaml')], { encoding: 'utf8', env })),
      ).toEqual(BASE64);
    }
  });

  test.runIf(sops && ageKeygen)('arguments that would leave the values in plain text', async () => {
    const { publicHalf } = await generateKeys(join(dir, 'keys'), spec, { repository: join(dir, 'repo') });
    const careless = {
      ...spec,
      args: spec.args.map((arg) => arg.replace('^(data|stringData)$', '^(nothing)$')),
    };
    expect((await refusal(sealWith(careless, { ageRecipients: publicHalf }))).message).toContain(
      'returned a value that is not encrypted',
    );
  });

  test.runIf(sops)('a recipient that is none', async () => {
    expect((await refusal(sealWith(spec, { ageRecipients: 'age1nonsense' }))).message).toMatch(
      /failed \(\d+\).*It said: /,
    );
  });
});

test('no key is made where the folder is closed', async () => {
  if (!POSIX || process.getuid?.() === 0)
    return console.warn('skipped: root may write everywhere, so a closed folder cannot be tested');
  chmodSync(dir, 0o500);
  expect(
    (await refusal(generateKeys(join(dir, 'keys'), fake('keys'), { repository: '/nowhere' }))).message,
  ).toContain('EACCES');
  chmodSync(dir, 0o700);
});
