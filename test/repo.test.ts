import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
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
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../src/error.ts';
import { changes } from '../src/repo/changes.ts';
import { conflicts } from '../src/repo/conflicts.ts';
import { explain } from '../src/repo/explain.ts';
import { inspectTarget } from '../src/repo/inspect.ts';
import { formatLedger, parseLedger } from '../src/repo/ledger.ts';
import { publish } from '../src/repo/publish.ts';
import { sha256 } from '../src/repo/sha256.ts';
import { stage } from '../src/repo/stage.ts';
import { write } from '../src/repo/write.ts';

const POSIX = process.platform !== 'win32';
const FILES = new Map([
  ['README.md', '# new\n'],
  ['apps/shop/deployment.yaml', 'kind: Deployment\n'],
  ['apps/shop/service.yaml', 'kind: Service\n'],
  ['zero-trust.yaml', 'name: x\n'],
]);

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'repo-test-')));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

/** Lays out files below the test folder and returns the path of `name` in it. */
function given(name: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), content);
  }
  return join(root, name);
}

/** Every file, folder and link below a folder, with content: what "exactly as before" compares. */
function tree(dir: string, prefix = ''): Record<string, string> {
  const entries = readdirSync(join(dir, prefix))
    .sort()
    .map((name) => `${prefix}${name}`);
  return Object.assign(
    {},
    ...entries.map((path) => {
      const stat = lstatSync(join(dir, path));
      const mode = POSIX ? (stat.mode & 0o777).toString(8) : '';
      if (stat.isDirectory()) return { [`${path}/`]: mode, ...tree(dir, `${path}/`) };
      return { [path]: stat.isFile() ? `${mode} ${readFileSync(join(dir, path), 'utf8')}` : 'other' };
    }),
  );
}

const look = (dir: string, files = FILES) => inspectTarget(dir, files.keys());
const writeAll = (dir: string, files = FILES) => write(look(dir, files), files);
const skip = (why: string) => console.warn(`skipped: ${why}`);

describe('ledger', () => {
  const ledger = {
    tool: '1.2.3',
    files: new Map([
      ['b', { sha256: sha256('b'), component: 'base' }],
      ['a', { sha256: sha256('a'), component: 'mesh/x' }],
    ]),
  };

  test('comes back as it was written, sorted', () => {
    const text = formatLedger(ledger);
    expect(text).toBe(
      `{\n  "tool": "1.2.3",\n  "files": {\n    "a": {\n      "sha256": "${sha256('a')}",\n      "component": "mesh/x"\n    },\n    "b": {\n      "sha256": "${sha256('b')}",\n      "component": "base"\n    }\n  }\n}\n`,
    );
    expect(parseLedger(text)).toEqual(ledger);
  });

  test.each([
    ['not json', 'it is not JSON'],
    ['[]', 'the document is not an object'],
    ['{"files":{}}', '"tool" is not a version'],
    ['{"tool":"1","files":[]}', '"files" is not an object'],
    ['{"tool":"1","files":{"a":{"sha256":"x","component":"y"}}}', '"a" has no valid sha256'],
    [`{"tool":"1","files":{"a":{"sha256":"${sha256('')}"}}}`, '"a" names no component'],
    [
      `{"tool":"1","files":{"../../etc/passwd":{"sha256":"${sha256('')}","component":"x"}}}`,
      'not a path inside',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parseLedger(text)).toThrow(message);
    expect(() => parseLedger(text)).toThrow(UserError);
  });
});

describe('inspect', () => {
  test('a file in place of the target, of a parent', () => {
    given('.', { file: '' });
    expect(() => look(join(root, 'file'))).toThrow('is a file, not a folder');
    expect(() => look(join(root, 'file/a/b'))).toThrow('is a file, not a folder');
  });

  test.runIf(POSIX)('a broken link in place of the target', () => {
    symlinkSync(join(root, 'nowhere'), join(root, 'link'));
    expect(() => look(join(root, 'link'))).toThrow('broken symbolic link');
  });

  test.runIf(POSIX)('a parent that must not be written to', () => {
    if (process.getuid?.() === 0)
      return skip('root may write everywhere, so a denied parent cannot be tested');
    chmodSync(root, 0o555);
    expect(() => look(join(root, 'new'))).toThrow('permission was denied (EACCES). Nothing was changed.');
    chmodSync(root, 0o755);
  });

  test.each(['../x', '/x', 'a//b', 'a/./b', '.git/config', 'a\\b', 'C:/x'])(
    'the path %s is refused',
    async (path) => {
      const files = new Map([[path, 'x']]);
      await expect(writeAll(join(root, 'new'), files)).rejects.toThrow('not a path inside the repository');
      expect(tree(root)).toEqual({});
    },
  );
});

describe('conflicts', () => {
  const of = (dir: string, force = false) => conflicts(look(dir), FILES, { force });

  test('none in a missing or empty folder', () => {
    mkdirSync(join(root, 'empty'));
    expect(of(join(root, 'empty'))).toEqual([]);
    expect(of(join(root, 'a/b/missing'))).toEqual([]);
  });

  test('none beside .git, LICENSE and README, and README.md is replaced', () => {
    const dir = given('x', { '.git/HEAD': 'ref', LICENSE: 'MIT', 'README.md': '# old\n' });
    expect(of(dir)).toEqual([]);
    expect(changes(look(dir), FILES).map(({ path, action }) => `${action} ${path}`)).toEqual([
      'replace README.md',
      'create apps/shop/deployment.yaml',
      'create apps/shop/service.yaml',
      'create zero-trust.yaml',
    ]);
  });

  test('whatever else is there, by name', () => {
    const dir = given('x', {
      'notes.txt': '',
      'docs/a.md': '',
      'apps/shop/service.yaml': 'mine',
      'zero-trust.yaml': 'name: x\n',
    });
    expect(of(dir)).toEqual([
      { path: 'apps/shop/service.yaml', reason: 'differs from the file to be written' },
      { path: 'docs', reason: 'is there already' },
      { path: 'notes.txt', reason: 'is there already' },
      { path: 'zero-trust.yaml', reason: 'is there already' },
    ]);
    expect(of(dir, true)).toEqual([]);
  });

  test('what force cannot replace', () => {
    const dir = given('x', { 'apps/shop/service.yaml/oops': '', 'README.md': '' });
    expect(of(dir, true)).toEqual([
      { path: 'apps/shop/service.yaml', reason: 'is a folder where a file must be' },
    ]);
    const other = given('y', { apps: '' });
    expect(of(other, true)).toEqual([{ path: 'apps', reason: 'is a file where a folder must be' }]);
  });

  test.runIf(POSIX)('links that leave the target, as folder and as file', async () => {
    const outside = given('outside', { shop: 'not ours' });
    const dir = given('x', { 'README.md': '' });
    symlinkSync(outside, join(dir, 'apps'));
    symlinkSync(join(outside, 'new'), join(dir, 'zero-trust.yaml'));
    const reason = 'is a symbolic link that leads outside';
    expect(of(dir, true)).toEqual([
      { path: 'apps', reason },
      { path: 'zero-trust.yaml', reason },
    ]);
    await expect(writeAll(dir)).rejects.toThrow('apps is a symbolic link that leads outside');
    expect(tree(outside)).toEqual({ shop: expect.stringContaining('not ours') });
  });

  test.runIf(POSIX)('a link that stays inside is followed', async () => {
    const dir = given('x', { 'real/shop/service.yaml': 'old' });
    symlinkSync('real', join(dir, 'apps'));
    expect(of(dir, true)).toEqual([]);
    await writeAll(dir);
    expect(readFileSync(join(dir, 'real/shop/service.yaml'), 'utf8')).toBe('kind: Service\n');
    expect(lstatSync(join(dir, 'apps')).isSymbolicLink()).toBe(true);
  });
});

describe('write', () => {
  test('makes target and parents, and leaves nothing else', async () => {
    const done = await writeAll(join(root, 'a/b/new'));
    expect(readdirSync(join(root, 'a/b'))).toEqual(['new']);
    expect(Object.keys(tree(root)).filter((path) => !path.endsWith('/'))).toEqual(
      [...FILES.keys()].sort().map((path) => `a/b/new/${path}`),
    );
    expect(done[0]).toEqual({ path: 'README.md', action: 'create', bytes: 6, sha256: sha256('# new\n') });
  });

  test('an empty folder keeps its identity, for the shell that stands in it', async () => {
    mkdirSync(join(root, 'x'));
    const before = statSync(join(root, 'x')).ino;
    await writeAll(join(root, 'x'));
    expect(statSync(join(root, 'x')).ino).toBe(before);
    expect(readdirSync(root)).toEqual(['x']);
  });

  test('replaces files of the Plan, keeps equal ones untouched and deletes nothing', async () => {
    const dir = given('x', {
      'README.md': 'old',
      'apps/shop/service.yaml': 'kind: Service\n',
      'apps/mine.yaml': 'mine',
      'notes.txt': 'n',
    });
    const kept = statSync(join(dir, 'apps/shop/service.yaml')).ino;
    const done = await writeAll(dir);
    expect(done.map(({ action }) => action)).toEqual(['replace', 'create', 'keep', 'create']);
    expect(statSync(join(dir, 'apps/shop/service.yaml')).ino).toBe(kept);
    expect(Object.keys(tree(root))).toEqual([
      'x/',
      'x/README.md',
      'x/apps/',
      'x/apps/mine.yaml',
      'x/apps/shop/',
      'x/apps/shop/deployment.yaml',
      'x/apps/shop/service.yaml',
      'x/notes.txt',
      'x/zero-trust.yaml',
    ]);
  });

  test('removes only what it is told to remove', async () => {
    const dir = given('x', { 'old.yaml': 'old', 'notes.txt': 'n' });
    const paths = [...FILES.keys(), 'old.yaml', 'gone.yaml'];
    await write(inspectTarget(dir, paths), FILES, { remove: ['old.yaml', 'gone.yaml'] });
    expect(readdirSync(dir).sort()).toEqual(['README.md', 'apps', 'notes.txt', 'zero-trust.yaml']);
  });

  test.runIf(POSIX)('modes do not depend on the umask, and a replaced file stays executable', async () => {
    const before = process.umask(0o077);
    try {
      await writeAll(join(root, 'deep/x'));
      chmodSync(join(root, 'deep/x/zero-trust.yaml'), 0o755);
      await writeAll(
        join(root, 'deep/x'),
        new Map([...FILES, ['zero-trust.yaml', 'changed\n'], ['late/file', '']]),
      );
      expect(process.umask(0o077)).toBe(0o077);
    } finally {
      process.umask(before);
    }
    const modes = Object.entries(tree(root)).map(([path, text]) => `${path} ${text.split(' ')[0]}`);
    expect(modes).toEqual([
      'deep/ 755',
      'deep/x/ 755',
      'deep/x/README.md 644',
      'deep/x/apps/ 755',
      'deep/x/apps/shop/ 755',
      'deep/x/apps/shop/deployment.yaml 644',
      'deep/x/apps/shop/service.yaml 644',
      'deep/x/late/ 755',
      'deep/x/late/file 644',
      'deep/x/zero-trust.yaml 755',
    ]);
  });

  test('writes thousands of files and yields to signals between batches', async () => {
    const many = new Map(Array.from({ length: 3000 }, (_, i) => [`d${i % 50}/f${i}`, `${i}`]));
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error('interrupted')));
    await expect(write(look(join(root, 'a/x'), many), many, { signal: stop.signal })).rejects.toThrow(
      'interrupted',
    );
    expect(tree(root)).toEqual({});
  });

  test('a signal is noticed between batches, before everything is written', async () => {
    const many = new Map(Array.from({ length: 1000 }, (_, i) => [`f${i}`, `${i}`]));
    const signal = new AbortController().signal;
    let asked = 0;
    let written = 0;
    vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
      if (++asked < 3) return;
      written = readdirSync(join(root, readdirSync(root)[0]!, 'files')).length;
      throw new Error('stopped');
    });
    await expect(write(look(join(root, 'x'), many), many, { signal })).rejects.toThrow('stopped');
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(200);
    expect(tree(root)).toEqual({});
  });
});

describe('a write that fails leaves everything as before', () => {
  /** Moves everything into place and then fails at the last step: a file to remove is not there. */
  async function failLate(dir: string): Promise<void> {
    const { found } = look(dir);
    const before = tree(root);
    const staging = mkdtempSync(join(root, '.staging-'));
    const [from, backup] = [join(staging, 'files'), join(staging, 'backup')];
    await stage(from, FILES, new Set());
    await expect(
      publish({ from, backup, to: dir, replaced: new Set(found.keys()), removed: ['not/there'] }),
    ).rejects.toThrow('ENOENT');
    rmSync(staging, { recursive: true });
    expect(tree(root)).toEqual(before);
  }

  test('into a filled folder', async () => {
    await failLate(
      given('x', { 'README.md': 'old', 'apps/shop/service.yaml': 'mine', 'apps/mine.yaml': 'mine' }),
    );
  });

  test('into an empty one', async () => {
    mkdirSync(join(root, 'x'));
    await failLate(join(root, 'x'));
  });

  test('stopped half way through the move', async () => {
    const dir = given('x', { 'README.md': 'old', 'apps/shop/service.yaml': 'mine' });
    const before = tree(root);
    let asked = 0;
    const signal = new AbortController().signal;
    vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
      if (++asked === 8) throw new Error('stopped');
    });
    await expect(write(look(dir), FILES, { signal })).rejects.toThrow('stopped');
    expect(asked).toBe(8);
    expect(tree(root)).toEqual(before);
  });

  test('a file changed meanwhile', async () => {
    const dir = given('x', { 'README.md': 'old' });
    const target = look(dir);
    writeFileSync(join(dir, 'README.md'), 'edited');
    await expect(write(target, FILES)).rejects.toThrow(
      'changed while it was being written to: README.md. Nothing was changed by this command.',
    );
    expect(tree(root)).toEqual({ 'x/': expect.anything(), 'x/README.md': expect.stringContaining('edited') });
  });

  test('a file came, went, or became a folder meanwhile', async () => {
    const dir = given('x', { 'README.md': 'old' });
    const one = look(dir);
    writeFileSync(join(dir, 'zero-trust.yaml'), 'mine');
    await expect(write(one, FILES)).rejects.toThrow('zero-trust.yaml');
    const two = look(dir);
    rmSync(join(dir, 'zero-trust.yaml'));
    await expect(write(two, FILES)).rejects.toThrow('zero-trust.yaml');
    const three = look(dir);
    mkdirSync(join(dir, 'zero-trust.yaml'));
    await expect(write(three, FILES)).rejects.toThrow('zero-trust.yaml');
  });

  test('the target came into being meanwhile', async () => {
    const target = look(join(root, 'new'));
    mkdirSync(join(root, 'new'));
    await expect(write(target, FILES)).rejects.toThrow(
      'changed while it was being written to: the folder itself',
    );
    expect(readdirSync(root)).toEqual(['new']);
    expect(readdirSync(join(root, 'new'))).toEqual([]);
  });

  test('what cannot be put back stays in the backup and is named', async () => {
    const dir = given('x', { 'README.md': 'old' });
    const signal = new AbortController().signal;
    vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
      if (!readFileSync(join(dir, 'README.md'), 'utf8').includes('new')) return;
      rmSync(join(dir, 'README.md'));
      mkdirSync(join(dir, 'README.md/x'), { recursive: true });
      const staging = readdirSync(root).find((name) => name.startsWith('.x.zero-trust-'))!;
      mkdirSync(join(root, staging, 'files/README.md/x'), { recursive: true });
      throw new Error('sabotage');
    });
    const error = await write(look(dir), FILES, { signal }).catch((caught: Error) => caught);
    const backup = /The originals lie in (.*)\.$/.exec((error as Error).message)?.[1] ?? '';
    expect(readdirSync(backup).map((name) => readFileSync(join(backup, name), 'utf8'))).toEqual(['old']);
  });

  test('a full disk', async () => {
    await onSmallDisk(async (disk) => {
      given('disk/x', { 'README.md': 'old' });
      const before = tree(disk);
      const big = new Map([...FILES, ['big', 'x'.repeat(200_000)]]);
      const message = /the disk is full \(ENOSPC\)\. Nothing was changed\. Free some space/;
      await expect(writeAll(join(disk, 'x'), big)).rejects.toThrow(message);
      await expect(writeAll(join(disk, 'a/b/new'), big)).rejects.toThrow(message);
      expect(tree(disk)).toEqual(before);
    });
  });

  test('a target that is a mount point is staged inside', async () => {
    await onSmallDisk(async (disk) => {
      given('disk', { 'README.md': 'old' });
      await writeAll(disk);
      expect(readdirSync(disk).sort()).toEqual(['README.md', 'apps', 'zero-trust.yaml']);
    });
  });

  test('a mount point within the target', async () => {
    await onSmallDisk(async () => {
      given('disk', { shop: '' });
      const files = new Map([
        ['a', 'a'],
        ['disk/deep/file', 'x'],
      ]);
      const before = tree(root);
      await expect(writeAll(root, files)).rejects.toThrow(
        'a folder inside lies on another file system (EXDEV). Nothing was changed.',
      );
      expect(tree(root)).toEqual(before);
    });
  });

  test('a read-only file system', async () => {
    await onSmallDisk(async (disk) => {
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expect(async () => writeAll(join(disk, 'new'))).rejects.toThrow(
        'the file system is read-only (EROFS)',
      );
    });
  });
});

/** Runs a test on a file system of 64 KiB mounted at `disk`; says so when the machine does not allow it. */
async function onSmallDisk(run: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(root, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return skip('a small file system cannot be mounted here (needs root on Linux)');
  }
  try {
    await run(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}

test('failures that are not of the file system are passed on', () => {
  const bug = new TypeError('bug');
  expect(explain(bug, 'Writing')).toBe(bug);
});
