import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../src/error.ts';
import { generateValue } from '../src/seal/generate.ts';
import { type ValueSources, collectValues } from '../src/seal/values.ts';

const DECLARED = [
  { namespace: 'shop', name: 'app-credentials', keys: ['api-key', 'database-url'], path: 'a.secret.yaml' },
  { namespace: 'shop', name: 'tls', keys: ['tls.crt'], path: 'b.secret.yaml' },
  { namespace: 'pay', name: 'tls', keys: ['tls.crt'], path: 'c.secret.yaml' },
  { namespace: 'pay', name: 'token', keys: ['token'], path: 'd.secret.yaml' },
];
const VALUE = 'hunter2-correct-horse';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'values-test-'));
  writeFileSync(join(dir, 'bytes'), Buffer.from([0xff, 0x00, 0x0a]));
  writeFileSync(join(dir, 'empty'), '');
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The values of `pay/token` or whatever else was given, as a plain object. */
function collected(sources: ValueSources): Record<string, unknown> {
  const values = collectValues(DECLARED, { env: {}, ...sources });
  return Object.fromEntries([...values].map(([name, keys]) => [name, Object.fromEntries(keys)]));
}

/** The message of the usage error that must come, which must not show the value. */
function refusal(sources: ValueSources): string {
  try {
    collected(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    expect(String((error as UserError).stack)).not.toContain('hunter2');
    return (error as UserError).message;
  }
  throw new Error('was not refused');
}

describe('standard input', () => {
  const both = { 'shop/app-credentials': { 'api-key': 'a', 'database-url': 'b' } };

  test.each([
    ['JSON by name', '{"app-credentials": {"api-key": "a", "database-url": "b"}}'],
    ['JSON by namespace and name', '{"shop/app-credentials": {"api-key": "a", "database-url": "b"}}'],
    ['flat JSON, both ways', '{"app-credentials/api-key": "a", "shop/app-credentials/database-url": "b"}'],
    ['JSON after a byte order mark', '\uFEFF \n{"app-credentials": {"api-key": "a", "database-url": "b"}}'],
    ['lines', '# comment\n\napp-credentials/api-key=a\nexport shop/app-credentials/database-url="b" # why\n'],
    ['lines with carriage returns', "app-credentials/api-key = a\r\napp-credentials/database-url='b'\r\n"],
  ])('%s', (_, stdin) => {
    expect(collected({ stdin })).toEqual(both);
  });

  test('nothing given, nothing collected', () => {
    expect(collected({})).toEqual({});
    expect(collected({ stdin: '\n' })).toEqual({});
    expect(collected({ stdin: '{}' })).toEqual({});
  });

  test.each([
    ['bare, with signs', 'pass=wo rd$!"it\'s', 'pass=wo rd$!"it\'s'],
    ['a bare backslash is one', 'C:\\new', 'C:\\new'],
    ['double quotes', '"a\\nb\\t\\"c\\" \\\\ # d\\d"', 'a\nb\t"c" \\ # d\\d'],
    ['single quotes over lines', "'-----BEGIN\nabc#=\n'", '-----BEGIN\nabc#=\n'],
    ['backticks', '`"\'`', '"\''],
    ['double quotes over lines', '"a\nb"', 'a\nb'],
  ])('a line value: %s', (_, written, value) => {
    expect(collected({ stdin: `token/token=${written}\n` })).toEqual({ 'pay/token': { token: value } });
  });

  test('any text survives double quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        const stdin = `token/token=${JSON.stringify(value).replace(/\\u[\da-f]{4}|\\[bf]/g, (escape) => JSON.parse(`"${escape}"`) as string)}`;
        expect(collected({ stdin })).toEqual({ 'pay/token': { token: value } });
      }),
    );
  });

  test.each([
    ['a value that a comment would cut', `token/token=${VALUE}#x`, 'line 1: expected NAME/KEY=value'],
    ['a line that is none', `# c\n\n${VALUE}\n`, 'line 3: expected NAME/KEY=value'],
    ['an open quote', `token/token="${VALUE}\n`, 'line 1: expected'],
    ['broken JSON', `{\n"token/token": "${VALUE}"`, 'not valid JSON'],
    ['a number', '{"token/token": 12345}', 'entry 1: a value must be text in quotes'],
    ['a nested number', '{"token": {"token": 12345}}', 'entry 1, key 1: a value must be text in quotes'],
    ['a list', '{"token": ["x"]}', 'entry 1: a value must be text'],
    [
      'a key file without quotes',
      `token/token=-----BEGIN\n${VALUE}/AAAA=\n`,
      'line 2: there is no such secret',
    ],
    ['an empty value', 'token/token=\n', 'the value of pay/token/token is empty'],
  ])('%s is refused', (_, stdin, message) => {
    expect(refusal({ stdin })).toContain(message);
  });
});

describe('--secret', () => {
  test('a file is bytes exactly', () => {
    expect(collected({ secrets: [`token/token=file:${join(dir, 'bytes')}`] })['pay/token']).toEqual({
      token: Buffer.from([0xff, 0x00, 0x0a]),
    });
  });

  test('a variable', () => {
    expect(collected({ secrets: ['pay/token/token=env:V'], env: { V: ' x=y\n' } })).toEqual({
      'pay/token': { token: ' x=y\n' },
    });
  });

  test.each([
    ['', 32],
    [':16', 16],
    [':4096', 4096],
  ])('generate%s', (length, expected) => {
    const { 'pay/token': keys } = collected({ secrets: [`token/token=generate${length}`] }) as Record<
      string,
      { token: string }
    >;
    expect(keys!.token).toMatch(/^[\w-]+$/);
    expect(keys!.token).toHaveLength(expected);
  });

  test.each([':15', ':4097', ':', ':1e3.5', ':x', ':-20'])('generate%s is refused', (length) => {
    expect(refusal({ secrets: [`token/token=generate${length}`] })).toContain(
      'whole number of characters from 16 to 4096',
    );
  });

  test.each([`token/token=${VALUE}`, VALUE, `token/token=generated-${VALUE}`, `=${VALUE}`])(
    'a literal value is refused',
    (argument) => {
      expect(refusal({ secrets: ['token/token=generate', argument] })).toMatch(
        /^--secret \(number 2\): a value must not stand on the command line.*file:PATH, .*env:VARIABLE, .*generate\[:LENGTH\], or standard input/,
      );
    },
  );

  test('a variable that is not set, such as the value itself', () => {
    expect(refusal({ secrets: [`token/token=env:${VALUE}`] })).toBe(
      '--secret token/token: the environment variable that it names is not set.',
    );
  });

  test('a file that is not there, is a folder, or is empty', () => {
    expect(refusal({ secrets: [`token/token=file:${join(dir, 'hunter2')}`] })).toBe(
      '--secret token/token: the file that it names cannot be read (ENOENT).',
    );
    expect(refusal({ secrets: [`token/token=file:${dir}`] })).toContain('(EISDIR)');
    expect(refusal({ secrets: [`token/token=file:${join(dir, 'empty')}`] })).toContain(
      'the value of pay/token/token is empty',
    );
  });
});

describe('names', () => {
  test('a secret that is not declared', () => {
    expect(refusal({ stdin: 'app-credential/api-key=x' })).toBe(
      'standard input, line 1: there is no such secret. Did you mean "app-credentials"? Allowed: shop/app-credentials/KEY, shop/tls/KEY, pay/tls/KEY, pay/token/KEY.',
    );
    expect(refusal({ stdin: 'shop/token/token=x' })).toContain('there is no such secret.');
    expect(() => collectValues([], { stdin: 'a/b=c' })).toThrow('no secret is declared');
  });

  test('a key that is not declared', () => {
    expect(refusal({ stdin: 'app-credentials/apikey=x' })).toBe(
      'standard input, line 1: app-credentials has no such key. Did you mean "api-key"? Allowed: api-key, database-url.',
    );
  });

  test('a name that two namespaces have', () => {
    expect(refusal({ stdin: 'tls/tls.crt=x' })).toContain(
      'several secrets are named tls. Write shop/tls or pay/tls before the key.',
    );
    expect(collected({ stdin: 'pay/tls/tls.crt=x' })).toEqual({ 'pay/tls': { 'tls.crt': 'x' } });
  });

  test('a value given twice, whatever the way', () => {
    const message = 'pay/token/token is given twice';
    expect(refusal({ stdin: 'token/token=a\npay/token/token=b' })).toContain(`line 2: ${message}`);
    expect(refusal({ stdin: '{"token/token": "a"}', secrets: ['token/token=generate'] })).toContain(
      `--secret token/token: ${message}`,
    );
  });

  test('a secret of which a part is missing', () => {
    expect(refusal({ stdin: 'app-credentials/api-key=x' })).toBe(
      'shop/app-credentials is incomplete: no value for database-url.',
    );
  });

  test('all problems at once', () => {
    expect(refusal({ stdin: 'x/y=z', secrets: ['a=b', 'token/token=env:NONE'] }).split('\n')).toHaveLength(3);
  });
});

test('every character is as likely as the others', () => {
  const counts = new Map<string, number>();
  for (const letter of Array.from({ length: 50 }, () => generateValue(4096)).join(''))
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(64);
  // 3,200 expected of each; eight standard deviations either way.
  expect(Math.min(...counts.values())).toBeGreaterThan(3200 - 450);
  expect(Math.max(...counts.values())).toBeLessThan(3200 + 450);
});
