import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { changed, POSIX, run, runInShell, sharedFolder, tempFolder, tree } from './support.ts';

const FLAGS = ['--yes', '--name', 'shop', '--secrets', 'sops', '--api-server-cidrs', '10.0.0.0/8'];

const shared = sharedFolder();
let plain: Record<string, string>;
beforeAll(async () => {
  await run(shared, ['shop', ...FLAGS]);
  plain = tree(join(shared, 'shop'));
});

/** The paths at which a folder is not as it was rendered in a plain environment. */
function others(folder: string): string[] {
  return changed(plain, tree(folder));
}

test.each([
  ['again', {}],
  ['another time zone', { TZ: 'Pacific/Kiritimati' }],
  ['another language', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr' }],
  ['no language', { LANG: 'C', LC_ALL: 'C' }],
  ['another home', { HOME: '/nonexistent', USERPROFILE: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' }],
  ['another user and editor', { USER: 'x', LOGNAME: 'x', EDITOR: 'x', GIT_AUTHOR_NAME: 'x' }],
  ['colours forced', { FORCE_COLOR: '3', COLUMNS: '20' }],
  ['in CI', { CI: 'true', GITHUB_ACTIONS: 'true' }],
])('the same bytes: %s', async (_, env) => {
  const folder = join(tempFolder(), 'shop');
  expect(await run(tempFolder(), [folder, ...FLAGS], { env })).toMatchObject({ code: 0 });
  expect(others(folder)).toEqual([]);
});

test('the same bytes: from another directory, under another name, a relative path', async () => {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'deep/er'), { recursive: true });
  expect(await run(join(cwd, 'deep/er'), ['../other', ...FLAGS])).toMatchObject({ code: 0 });
  expect(others(join(cwd, 'deep/other'))).toEqual([]);
});

test.runIf(POSIX).each(['077', '000', '002'])('the same bytes and modes: umask %s', async (umask) => {
  const cwd = tempFolder();
  expect(await runInShell(`umask ${umask}; exec "$@"`, cwd, ['shop', ...FLAGS])).toMatchObject({ code: 0 });
  expect(others(join(cwd, 'shop'))).toEqual([]);
});

test('what differs is seen', async () => {
  const folder = join(tempFolder(), 'shop');
  await run(tempFolder(), [folder, ...FLAGS, '--domain', 'other.example.org']);
  expect(others(folder)).toContain('zero-trust.yaml');
});
