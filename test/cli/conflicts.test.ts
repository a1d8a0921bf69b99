import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changed, differences, filesOf, place, POSIX, read, run, tempFolder, tree } from './support.ts';

/** A folder `shop` that holds these files. */
function given(files: Record<string, string>): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'shop'));
  for (const [path, text] of Object.entries(files)) writeFileSync(place(cwd, 'shop', path), text);
  return cwd;
}

const create = (cwd: string, ...flags: string[]) => run(cwd, ['shop', '--yes', ...flags]);

async function refused(cwd: string, ...flags: string[]): Promise<string> {
  const before = tree(cwd);
  const outcome = await create(cwd, ...flags);
  expect(outcome).toMatchObject({ code: 1, stdout: '' });
  expect(tree(cwd)).toEqual(before);
  return outcome.stderr;
}

describe('a folder that is not empty', () => {
  test('is refused with the list of what stands in the way', async () => {
    const message = await refused(
      given({ 'src/main.go': 'x', 'zero-trust.yaml': 'name: mine\n', '.git/config': 'x', LICENSE: 'x' }),
    );
    expect(message).toContain('is not empty. Nothing was written.');
    expect(message).toMatch(/^ {2}src is there already$/m);
    expect(message).toMatch(/^ {2}zero-trust\.yaml differs from the file to be written$/m);
    expect(message).not.toMatch(/^ {2}(\.git|LICENSE)/m);
    expect(message).toContain('--force');
  });

  test('a long list is cut, and says so', async () => {
    const message = await refused(
      given(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`file-${i}`, 'x']))),
    );
    expect(message).toContain('and 10 more');
  });

  test('so does a dry run, and so does the file form', async () => {
    expect(await refused(given({ mine: 'x' }), '--dry-run')).toContain('mine is there already');
    const cwd = given({ mine: 'x' });
    writeFileSync(join(cwd, 'c.yaml'), 'name: c\n');
    expect(await refused(cwd, '--config', 'c.yaml', '--json')).toContain('mine is there already');
  });

  test('a file where the folder must be', async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'shop'), 'x');
    expect(await refused(cwd)).toContain('is a file, not a folder');
  });
});

describe('what a code host leaves behind is no conflict', () => {
  test.each([
    ['nothing', {}],
    ['.git', { '.git/config': '[core]\n' }],
    ['a licence', { LICENSE: 'x' }],
    ['a licence with an ending', { 'license.txt': 'x' }],
    ['a README', { 'README.md': '# mine\n' }],
    ['all three', { '.git/config': '[core]\n', LICENSE: 'x', 'README.md': '# mine\n' }],
  ] as [string, Record<string, string>][])('%s', async (_, files) => {
    const cwd = given(files);
    expect(await create(cwd)).toMatchObject({ code: 0 });
    for (const [path, text] of Object.entries(files)) {
      if (path === 'README.md') expect(read(cwd, 'shop', path)).toContain('# shop');
      else expect(read(cwd, 'shop', path)).toBe(text);
    }
  });

  test('the current directory', async () => {
    const cwd = given({ '.git/config': 'x' });
    expect(await run(join(cwd, 'shop'), ['.', '--yes'])).toMatchObject({ code: 0 });
    expect(read(cwd, 'shop/zero-trust.yaml')).toContain('name: shop');
  });
});

describe('--force', () => {
  test('replaces the files of the plan, keeps and deletes nothing else', async () => {
    const mine = { 'src/main.go': 'x', 'security/mine.yaml': 'x', '.git/config': 'x', LICENSE: 'x' };
    const cwd = given({ ...mine, 'zero-trust.yaml': 'name: mine\n' });
    expect(await create(cwd, '--force')).toMatchObject({ code: 0 });
    for (const [path, text] of Object.entries(mine)) expect(read(cwd, 'shop', path)).toBe(text);
    const fresh = tempFolder();
    await create(fresh);
    expect(differences(cwd, fresh).filter((path) => !path.endsWith('/'))).toEqual(
      Object.keys(mine)
        .map((path) => `shop/${path}`)
        .sort(),
    );
  });

  test('what was rendered under other answers stays: nothing is deleted', async () => {
    const cwd = given({});
    await create(cwd, '--mesh', 'istio');
    const before = filesOf(cwd);
    expect(await create(cwd, '--force', '--mesh', 'none')).toMatchObject({ code: 0 });
    expect(before.filter((path) => !filesOf(cwd).includes(path))).toEqual([]);
  });

  test('the same bytes are not written again', async () => {
    const cwd = given({});
    await create(cwd);
    const before = tree(cwd);
    const { code, stdout } = await create(cwd, '--force', '--json');
    expect(code).toBe(0);
    expect(new Set(JSON.parse(stdout).files.map(({ action }: { action: string }) => action))).toEqual(
      new Set(['keep']),
    );
    expect(changed(before, tree(cwd))).toEqual([]);
  });

  test.runIf(POSIX)('an executable stays executable', async () => {
    const cwd = given({});
    await create(cwd);
    const before = tree(cwd);
    const script = join(
      cwd,
      'shop',
      filesOf(join(cwd, 'shop')).find((path) => path.endsWith('.sh'))!,
    );
    writeFileSync(script, '# changed\n');
    chmodSync(script, 0o755);
    expect(await create(cwd, '--force')).toMatchObject({ code: 0 });
    expect(statSync(script).mode & 0o777).toBe(0o755);
    chmodSync(script, 0o644);
    expect(tree(cwd)).toEqual(before);
  });

  test('a folder where a file must be cannot be replaced', async () => {
    expect(await refused(given({ 'zero-trust.yaml/x': 'x' }), '--force')).toContain(
      'is a folder where a file must be',
    );
  });

  test.runIf(POSIX)('a link that leads outside is not followed', async () => {
    const cwd = given({});
    mkdirSync(join(cwd, 'outside'));
    symlinkSync(join(cwd, 'outside'), join(cwd, 'shop/security'));
    expect(await refused(cwd, '--force')).toContain('security is a symbolic link that leads outside');
  });
});
