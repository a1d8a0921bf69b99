import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readTree } from '../../src/repo/readTree.ts';
import { documentSchema } from '../../src/verify/output/schema.ts';
import { POSIX, read, run, tempFolder, tree } from '../cli/support.ts';

/** A repository as it is rendered with every default. */
async function repository(): Promise<string> {
  const cwd = tempFolder();
  const { code, stderr } = await run(cwd, ['shop', '--yes']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return join(cwd, 'shop');
}

/** Renames a label on one side: nothing selects these pods any more. */
function breakIt(shop: string): void {
  const path = join(shop, 'apps/frontend/deployment.yaml');
  writeFileSync(path, read(path).replaceAll('app: frontend', 'app: other'));
}

describe('verify', () => {
  let shop: string;
  beforeEach(async () => {
    shop = await repository();
  });

  test('a rendered repository is clean, changes nothing and needs no directory', async () => {
    const before = tree(shop);
    const outcome = await run(shop, ['verify']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('0 errors, 0 warnings');
    expect(tree(shop)).toEqual(before);
  });

  test('a finding: exit code 3, the finding on stdout, one line on stderr', async () => {
    breakIt(shop);
    const { code, stdout, stderr } = await run(shop, ['verify', '.']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^verify found [1-9]\d* errors?, .*\.\n$/);
    expect(stdout).toMatch(/^ {2}\d+:\d+ error select\/\w+/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('what is pending counts with --strict only', async () => {
    expect(await run(shop, ['verify', '--strict'])).toMatchObject({ code: 3 });
  });

  test.each(['--json', '--sarif'])('%s prints one document, and still ends with 3', async (flag) => {
    breakIt(shop);
    const { code, stdout } = await run(shop, ['verify', flag]);
    expect(code).toBe(3);
    const document = JSON.parse(stdout);
    if (flag === '--json')
      expect(documentSchema.parse(document)).toMatchObject({ clean: false, name: 'shop' });
    else expect(document).toMatchObject({ version: '2.1.0', runs: [{ results: expect.anything() }] });
  });

  test('the same twice, from wherever it is called', async () => {
    breakIt(shop);
    const here = await run(shop, ['verify', '--json']);
    expect(await run(join(shop, '..'), ['verify', 'shop', '--json'], { env: { TZ: 'Asia/Tokyo' } })).toEqual(
      here,
    );
  });

  test('--report writes the page where it is told, relative to where it is called', async () => {
    const cwd = tempFolder();
    const { code, stdout } = await run(cwd, ['verify', shop, '--report', 'page.html']);
    expect(code).toBe(0);
    expect(stdout).toContain('0 errors');
    expect(read(cwd, 'page.html')).toMatch(/^<!doctype html>/);
  });

  test('a page that cannot be written is an error in plain words', async () => {
    const { code, stderr } = await run(shop, ['verify', '--report', 'no/such/page.html']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('no such folder') });
    expect(stderr).not.toContain('    at ');
  });

  test.each([
    ['no zero-trust.yaml', (one: string) => rmSync(join(one, 'zero-trust.yaml')), 'holds no zero-trust.yaml'],
    ['broken YAML in it', (one: string) => writeFileSync(join(one, 'zero-trust.yaml'), 'name: [\n'), 'line'],
    [
      'a wrong key in it',
      (one: string) => writeFileSync(join(one, 'zero-trust.yaml'), 'name: shop\nchoises: {}\n'),
      'Did you mean "choices"?',
    ],
  ])('%s: exit code 1', async (_, harm, message) => {
    harm(shop);
    const { code, stdout, stderr } = await run(shop, ['verify']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/npm bugs| {4}at /);
  });

  test('manifests that cannot be read as text are findings', async () => {
    writeFileSync(join(shop, 'apps/frontend/deployment.yaml'), Buffer.from([0, 1, 2]));
    const { code, stdout } = await run(shop, ['verify']);
    expect(code).toBe(3);
    expect(stdout).toContain('is no text');
  });
});

describe('explain', () => {
  let shop: string;
  beforeEach(async () => {
    shop = await repository();
  });

  test('a declared call: each layer, with the object and the line behind it', async () => {
    const { code, stdout } = await run(shop, ['explain', 'frontend', 'shop/api-service']);
    expect(code).toBe(0);
    expect(stdout).toContain('shop/frontend → shop/api-service 8080/TCP: allowed, as declared');
    expect(stdout).toMatch(
      / {2}allows {2}egress of shop\/frontend: .*\n {10}NetworkPolicy shop\/.*\.yaml:\d+\n/,
    );
    expect(stdout).toContain('let through: GET,POST /api/*');
  });

  test('an undeclared one, in another directory, on one port', async () => {
    const { code, stdout } = await run(tempFolder(), [
      'explain',
      'frontend',
      'backend-service',
      shop,
      '--port',
      '8080',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('blocked, as it is not declared');
    expect(stdout).toMatch(/ {2}STOPS {3}egress of shop\/frontend: /);
  });

  test.each([
    [['frontend', 'api-service', '--port', '70000'], 'a number from 1 to 65535'],
    [['frontend', 'nowhere'], 'nowhere'],
    [['backend-service', 'internet'], '--port'],
  ])('%j: a usage error', async (args, message) => {
    const { code, stdout, stderr } = await run(shop, ['explain', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('usage', () => {
  test.each([
    [['verify', 'a', 'b'], 'one directory at most'],
    [['verify', '--json', '--sarif'], 'take one of them'],
    [['verify', '--report'], '--report needs a value'],
    [['verify', '--mesh', 'none'], 'unknown flag --mesh'],
    [['verify', '--strikt'], 'Did you mean "--strict"?'],
    [['explain', 'frontend'], 'explain needs two names'],
    [['explain'], 'explain needs two names'],
    [['explain', 'a', 'b', 'c', 'd'], 'one directory at most'],
    [['schema', 'verify', 'shop'], 'takes no directory'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(tempFolder(), args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('schema verify prints the JSON Schema of --json', async () => {
    const { code, stdout } = await run(tempFolder(), ['schema', 'verify']);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout).properties)).toContain('findings');
  });
});

describe('a repository on disk', () => {
  let folder: string;
  const put = (path: string, content: string | Uint8Array = 'a: b\n') => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  beforeEach(() => {
    folder = tempFolder();
    put('z.yaml');
    put('apps/a.yaml', '\ufeffa: b\r\n');
  });

  test('is read as text, sorted, with line ends of one kind', () => {
    expect([...readTree(folder).files]).toEqual([
      ['apps/a.yaml', 'a: b\n'],
      ['z.yaml', 'a: b\n'],
    ]);
  });

  test('without what Git and npm keep', () => {
    put('.git/config');
    put('node_modules/x/index.yaml');
    put('apps/node_modules/y.yaml');
    expect([...readTree(folder).files.keys()]).toEqual(['apps/a.yaml', 'z.yaml']);
  });

  test('what is no text, or too large, is told and not read', () => {
    put('null.yaml', Buffer.from('a\0b'));
    put('latin.yaml', Buffer.from([0xe9, 0x0a]));
    put('large.yaml', Buffer.alloc(17 * 1024 * 1024, 'a'));
    const { files, skipped } = readTree(folder);
    expect(files.size).toBe(2);
    expect(skipped).toEqual([
      { path: 'large.yaml', reason: 'is larger than 16 MiB' },
      { path: 'latin.yaml', reason: 'is no text in UTF-8' },
      { path: 'null.yaml', reason: 'is no text: it holds a null byte' },
    ]);
  });

  test.runIf(POSIX)('links are followed inside, and not outside, in circles or into nothing', () => {
    const outside = tempFolder();
    writeFileSync(join(outside, 'secret.yaml'), 'a: b\n');
    const link = (target: string, path: string) => symlinkSync(target, join(folder, path));
    link('z.yaml', 'inside.yaml');
    link('apps', 'folder');
    link('..', 'apps/up');
    link(join(outside, 'secret.yaml'), 'outside.yaml');
    link(outside, 'outside');
    link('nothing', 'broken.yaml');
    link('loop', 'loop');
    const { files, skipped } = readTree(folder);
    expect([...files.keys()]).toEqual(['apps/a.yaml', 'folder/a.yaml', 'inside.yaml', 'z.yaml']);
    expect(skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'apps/up is a link to a folder above it',
      'broken.yaml is a broken symbolic link',
      'folder/up is a link to a folder above it',
      'loop is a broken symbolic link',
      'outside is a symbolic link that leads outside',
      'outside.yaml is a symbolic link that leads outside',
    ]);
  });
});
