import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Options } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, POSIX, run, skipped, tempFolder, tree } from './support.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** Permissions mean nothing to root: then the program runs as nobody, in folders that are nobody's. */
const asUser: Options = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Gives a folder, with what is in it, to the user that the program runs as. */
function handOver(folder: string): void {
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
}

const canBeUser = POSIX && (await run(dirname(BIN), ['--version'], asUser)).code === 0;
if (!canBeUser) skipped('folders that may not be written to: no other user can run the program here');

/** Runs and expects a failure in plain words that leaves no trace. */
async function fails(cwd: string, args: string[], options: Options, look = cwd): Promise<string> {
  const before = tree(look);
  const outcome = await run(cwd, args, options);
  expect(outcome).toMatchObject({ code: 1, stdout: '' });
  expect(outcome.stderr).not.toContain('    at ');
  expect(tree(look)).toEqual(before);
  return outcome.stderr;
}

describe.runIf(canBeUser)('a read-only folder', () => {
  test('where the target would be made', async () => {
    const cwd = tempFolder();
    handOver(cwd);
    chmodSync(cwd, 0o555);
    onTestFinished(() => chmodSync(cwd, 0o755));
    expect(await fails(cwd, ['shop', '--yes'], asUser)).toMatch(
      /permission was denied .* Nothing was changed\. .*another/,
    );
  });

  test('the target itself', async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'shop'));
    writeFileSync(join(cwd, 'shop/LICENSE'), 'x');
    handOver(cwd);
    chmodSync(join(cwd, 'shop'), 0o555);
    expect(await fails(cwd, ['shop', '--yes'], asUser)).toContain('permission was denied');
  });

  test('deep inside, met after other files were replaced: those are put back', async () => {
    const cwd = tempFolder();
    await run(cwd, ['shop', '--yes', '--domain', 'before.example.org']);
    handOver(cwd);
    const deep = join(cwd, 'shop/security/certificates');
    chmodSync(deep, 0o555);
    onTestFinished(() => chmodSync(deep, 0o755));
    expect(await fails(cwd, ['shop', '--yes', '--force', '--domain', 'after.example.org'], asUser)).toContain(
      'permission was denied',
    );
  });

  test('beside the target only: it is staged inside', async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'shop'));
    if (isRoot) chownSync(join(cwd, 'shop'), NOBODY, NOBODY);
    chmodSync(cwd, 0o555);
    onTestFinished(() => chmodSync(cwd, 0o755));
    expect(await run(cwd, ['shop', '--yes'], asUser)).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, 'shop')).filter((name) => name.includes('staging'))).toEqual([]);
  });
});

/** A folder on a file system of its own, with room for some of the files only; undefined where none can be mounted. */
function smallDisk(options: string): string | undefined {
  const folder = join(tempFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=0755,${options}`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    return void skipped('a full disk: no tmpfs can be mounted here');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

const canMount = process.platform === 'linux' && isRoot;
if (!canMount) skipped('a full disk: only root can mount a small one, and only on Linux');

describe.runIf(canMount)('a full disk', () => {
  test.each([
    ['no space for content', 'size=256k'],
    ['no space for more files', 'size=64m,nr_inodes=60'],
  ])('%s: nothing is left', async (_, options) => {
    const disk = smallDisk(options);
    if (!disk) return;
    for (const target of ['shop', 'deeper/than/that', '.']) {
      expect(await fails(disk, [target, '--yes'], {})).toMatch(
        /the disk is full .* Nothing was changed\. Free some space/,
      );
      expect(readdirSync(disk)).toEqual([]);
    }
  });

  test('an existing repository is byte for byte as before', async () => {
    const disk = smallDisk('size=1200k');
    if (!disk) return;
    expect(await run(disk, ['shop', '--yes', '--domain', 'before.example.org'])).toMatchObject({ code: 0 });
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - 40_000));
    expect(await fails(disk, ['shop', '--yes', '--force', '--domain', 'after.example.org'], {})).toContain(
      'the disk is full',
    );
  });
});
