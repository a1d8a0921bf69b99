import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ASKED } from './answers.ts';
import { differences, finished, HANG, POSIX, run, runInShell, start, tempFolder } from './support.ts';
import { Terminal } from './terminal.ts';

/** Waits for a process whose standard input is a pipe that says nothing and never ends. */
async function withOpenPipe(cwd: string, args: string[]) {
  return finished(await start(cwd, args, { stdin: 'pipe', timeout: HANG }));
}

describe('an open pipe is not waited for', () => {
  test('with every default', async () => {
    const cwd = tempFolder();
    expect(await withOpenPipe(cwd, ['shop', '--yes'])).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'shop/zero-trust.yaml'))).toBe(true);
  });

  test.each([['--no-input'], ['--json'], []])('with answers missing: %s', async (...args) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await withOpenPipe(cwd, ['shop', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('are not answered');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('with a usage error', async () => {
    expect(await withOpenPipe(tempFolder(), ['shop', '--mesh', 'nothing'])).toMatchObject({ code: 2 });
  });

  test.runIf(POSIX).each(['SIGTERM', 'SIGINT'] as const)('%s ends the wait for values', async (signal) => {
    const cwd = tempFolder();
    const child = start(cwd, ['shop', '--yes', '--secrets-stdin'], { stdin: 'pipe', timeout: HANG });
    // More than a pipe holds: once it is gone, somebody reads.
    await new Promise((done) => child.stdin!.write(`#${'x'.repeat(1_000_000)}\n`, done));
    child.kill(signal);
    expect(finished(await child)).toMatchObject({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('missing answers', () => {
  test('each is named, with its flag', async () => {
    const { code, stderr } = await run(tempFolder(), []);
    expect(code).toBe(2);
    for (const { flag } of ASKED) expect(stderr).toMatch(new RegExp(`^ +--${flag} `, 'm'));
    expect(stderr).toContain('DIRECTORY');
    expect(stderr).toContain('--yes');
  });

  test.runIf(POSIX).each([
    ['nothing given', []],
    ['a directory', ['shop']],
    ['a directory with blanks and quotes', ["it's a shop"]],
    ['other options given', ['shop', '--mesh', 'none', '--secrets', 'sops', '--name', 'other']],
    ['a list and a file', ['shop', '--api-server-cidrs', '10.0.0.0/8,192.0.2.0/24', '--services', 'none']],
  ])('the printed command works when pasted, and keeps what was given: %s', async (_, args) => {
    const cwd = tempFolder();
    const { code, stderr } = await run(cwd, args);
    expect(code).toBe(2);
    expect(await paste(cwd, stderr)).toMatchObject({ code: 0 });
    const direct = tempFolder();
    await run(direct, [...args, '--yes']);
    expect(differences(cwd, direct)).toEqual([]);
  });
});

/** Runs the last line of a message as a shell would. */
async function paste(cwd: string, message: string) {
  const words = message.trimEnd().split('\n').at(-1)!.trim();
  expect(words).toMatch(/^create-zero-trust /);
  return runInShell(words.replace('create-zero-trust', '"$@"'), cwd, []);
}

describe.runIf(POSIX)('in a terminal', () => {
  test.each([
    ['--yes', ['--yes'], {}, 0],
    ['--no-input', ['--no-input'], {}, 2],
    ['--json', ['--json'], {}, 2],
    ['CI=true', [], { CI: 'true' }, 2],
    ['CI=1', [], { CI: '1' }, 2],
    ['TERM=dumb', [], { TERM: 'dumb' }, 2],
  ])('%s: no prompt', async (_, args, env, code) => {
    const cwd = tempFolder();
    const terminal = new Terminal(cwd, ['shop', ...args], env as Record<string, string>);
    expect(await terminal.end()).toBe(code);
    expect(terminal.questions).toEqual([]);
    expect(existsSync(join(cwd, 'shop'))).toBe(code === 0);
  });

  test.each(['', 'false', '0'])('CI=%s is no CI', async (CI) => {
    const terminal = new Terminal(tempFolder(), ['shop'], { CI });
    await terminal.sees('What is the cluster called?');
  });

  test('standard input from elsewhere: no prompt', async () => {
    const terminal = new Terminal(tempFolder(), ['shop'], {}, '"$@" < /dev/null');
    expect(await terminal.end()).toBe(2);
  });
});

test.runIf(POSIX)('standard input, output and error closed', async () => {
  const cwd = tempFolder();
  expect(await runInShell('exec "$@" <&- >&- 2>&-', cwd, ['shop', '--yes'])).toMatchObject({ code: 0 });
  expect(existsSync(join(cwd, 'shop/zero-trust.yaml'))).toBe(true);
});
