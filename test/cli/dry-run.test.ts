import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/repo/sha256.ts';
import { BIN, filesOf, finished, read, run, skipped, startProgram, tempFolder, tree } from './support.ts';

const FLAGS = ['--yes', '--mesh', 'none', '--domain', 'shop.example.org'];

interface File {
  path: string;
  action: string;
  bytes: number;
  sha256: string;
}

async function plan(cwd: string, ...flags: string[]): Promise<File[]> {
  const before = tree(cwd);
  const { code, stdout } = await run(cwd, ['shop', ...FLAGS, '--dry-run', '--json', ...flags]);
  expect(code).toBe(0);
  expect(tree(cwd)).toEqual(before);
  const { files, dryRun } = JSON.parse(stdout);
  expect(dryRun).toBe(true);
  return files;
}

/** What lies in the folder, in the form of the plan. */
const there = (folder: string) =>
  filesOf(folder).map((path) => ({
    path,
    bytes: statSync(join(folder, path)).size,
    sha256: sha256(read(folder, path)),
  }));

describe('--dry-run', () => {
  test('writes nothing, needs no --yes', async () => {
    const cwd = tempFolder();
    const { code, stdout } = await run(cwd, ['shop', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('zero-trust.yaml');
    expect(filesOf(cwd)).toEqual([]);
  });

  test('--json tells path, bytes, hash and action of each file, as a real run then writes them', async () => {
    const cwd = tempFolder();
    const files = await plan(cwd);
    const real = JSON.parse((await run(cwd, ['shop', ...FLAGS, '--json'])).stdout);
    expect(real).toMatchObject({ dryRun: false, files });
    expect(files.map(({ path, bytes, sha256: hash }) => ({ path, bytes, sha256: hash }))).toEqual(
      there(join(cwd, 'shop')).sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
    expect(new Set(files.map(({ action }) => action))).toEqual(new Set(['create']));
  });

  test('over a repository: create, replace and keep are told as --force then does', async () => {
    const cwd = tempFolder();
    await run(cwd, ['shop', '--yes', '--mesh', 'istio', '--domain', 'shop.example.org']);
    const before = tree(join(cwd, 'shop'));
    const files = await plan(cwd, '--force');
    expect(new Set(files.map(({ action }) => action))).toEqual(new Set(['create', 'replace', 'keep']));
    await run(cwd, ['shop', ...FLAGS, '--force']);
    const after = tree(join(cwd, 'shop'));
    for (const { path, action } of files) {
      expect([
        path,
        before[path] === undefined ? 'create' : before[path] === after[path] ? 'keep' : 'replace',
      ]).toEqual([path, action]);
    }
  });

  test('the tree of the text form names every file', async () => {
    const cwd = tempFolder();
    const { stdout } = await run(cwd, ['shop', ...FLAGS, '--dry-run']);
    await run(cwd, ['shop', ...FLAGS]);
    expect(paths(stdout)).toEqual(filesOf(join(cwd, 'shop')).sort());
  });

  test('makes no keys and starts no program', async () => {
    const cwd = tempFolder();
    const secret = [
      '--secret',
      'app-credentials/api-key=generate',
      '--secret',
      'app-credentials/database-url=generate',
    ];
    const { code } = await run(cwd, ['shop', '--dry-run', '--yes', '--generate-keys', 'keys', ...secret], {
      env: { PATH: '' },
    });
    expect(code).toBe(0);
    expect(filesOf(cwd)).toEqual([]);
  });

  const isolated = ['unshare', 'unshare -r']
    .map((one) => [...one.split(' '), '-n'])
    .find(([program, ...args]) => spawnSync(program!, [...args, 'true']).status === 0);
  if (!isolated) skipped('a machine without a network: unshare -n is not allowed here');

  test.runIf(isolated)('works without any network', async () => {
    const cwd = tempFolder();
    const [program, ...args] = isolated!;
    const node = [process.execPath, BIN, 'shop', ...FLAGS, '--dry-run', '--json'];
    const { code, stdout } = finished(await startProgram(program!, [...args, ...node], cwd));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files).toEqual(await plan(cwd));
  });
});

/** The paths that an indented tree draws. */
function paths(text: string): string[] {
  const above: string[] = [];
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const name = line.trimStart();
      above.length = (line.length - name.length) / 2;
      above.push(name);
      return name.endsWith('/') ? [] : [above.join('')];
    })
    .sort();
}
