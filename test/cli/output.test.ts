import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ASKED, flagsBut } from './answers.ts';
import { finished, POSIX, read, run, runInShell, start, tempFolder } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';

const CREATE = ['shop', '--yes', '--mesh', 'none'];

describe('standard output is the result', () => {
  test('of create: the folder', async () => {
    const cwd = tempFolder();
    const { stdout, stderr } = await run(cwd, CREATE);
    expect(stdout).toBe(`${join(cwd, 'shop')}\n`);
    for (const talk of ['gap: ', 'Pending', 'Next:', 'The same again:']) expect(stderr).toContain(talk);
  });

  test('of create --json: one document', async () => {
    const cwd = tempFolder();
    const { stdout } = await run(cwd, [...CREATE, '--json']);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ name: 'shop', directory: join(cwd, 'shop'), dryRun: false });
    expect(result.replay).toMatch(/^npm create zero-trust@\S+ shop -- --yes --mesh none$/);
    expect(result.gaps.length).toBeGreaterThan(0);
    expect(result.pending[0]).toEqual({
      id: expect.any(String),
      what: expect.any(String),
      command: expect.stringMatching(/^npm create zero-trust@/),
    });
  });

  test('of create --dry-run: the tree', async () => {
    const { stdout } = await run(tempFolder(), [...CREATE, '--dry-run']);
    expect(stdout).toMatch(/^apps\/\n {2}api-service\/\n {4}deployment\.yaml\n/m);
    expect(stdout).toMatch(/^zero-trust\.yaml$/m);
  });

  test('of schema: one document, which tells editors what each choice and input is', async () => {
    const { stdout, stderr } = await run(tempFolder(), ['schema']);
    const { title, properties } = JSON.parse(stdout);
    expect(title).toBe('zero-trust.yaml');
    const told = [properties.choices, properties.inputs].flatMap((one) => Object.entries(one.properties));
    expect(told.length).toBeGreaterThan(50);
    expect(told.filter(([, { description }]: any) => !description)).toEqual([]);
    expect(stderr).toBe('');
  });

  test('of a failure: nothing', async () => {
    for (const flags of [['--json', '--mesh', 'x'], ['--json'], ['--dry-run', '--domain', '-']]) {
      const { code, stdout, stderr } = await run(tempFolder(), ['shop', ...flags]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).not.toBe('');
    }
  });

  test.runIf(POSIX)('in a terminal: questions go to standard error', async () => {
    const cwd = tempFolder();
    const mesh = ASKED.find(({ flag }) => flag === 'mesh')!;
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('mesh')], {}, '"$@" > result');
    for (const question of [mesh.question, 'Seal the secrets now?', 'Write it?'])
      await terminal.answer(question, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    expect(read(cwd, 'result')).toBe(`${join(cwd, 'shop')}\n`);
  });
});

const ESCAPE = '\x1b';

describe('no escape codes', () => {
  test.each([
    ['a pipe', {}],
    ['a pipe, colours wanted by a terminal of old', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
    ['NO_COLOR', { NO_COLOR: '1' }],
  ])('%s', async (_, env) => {
    for (const args of [
      CREATE,
      ['--help'],
      ['mall', '--yes', '--dry-run'],
      ['x', '--mesh', 'y'],
      ['schema'],
      ['x'],
    ]) {
      const { stdout, stderr } = await run(tempFolder(), args, { env });
      expect(stdout + stderr).not.toContain(ESCAPE);
    }
  });

  test.runIf(POSIX).each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['--yes', {}],
  ])('in a terminal with %s', async (_, env) => {
    for (const args of [CREATE, ['x', '--mesh', 'y'], ['--help']]) {
      const terminal = new Terminal(tempFolder(), args, env as Record<string, string>);
      await terminal.end();
      expect(terminal.transcript).not.toContain(ESCAPE);
    }
  });

  test.runIf(POSIX)('prompts with NO_COLOR have no colour', async () => {
    const terminal = new Terminal(tempFolder(), ['shop', ...flagsBut()], { NO_COLOR: '1' });
    await terminal.answer('Seal the secrets now?', KEYS.enter);
    await terminal.answer('Write it?', KEYS.enter);
    expect(await terminal.end()).toBe(0);
    // Select Graphic Rendition: colours, and the like.
    expect(terminal.transcript.match(/\x1b\[[\d;]*m/g) ?? []).toEqual([]); // eslint-disable-line no-control-regex
  });
});

describe('a reader that went away', () => {
  test.each([
    [CREATE],
    [[...CREATE, '--json']],
    [[...CREATE, '--dry-run']],
    [['schema']],
    [['--help']],
    [['--version']],
  ])('%j ends quietly', async (args) => {
    const child = start(tempFolder(), args);
    child.stdout!.destroy();
    const { code, stderr } = finished(await child);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|Error|\bat /);
  });

  test('of the talk: the result is as it was', async () => {
    const child = start(tempFolder(), CREATE);
    child.stderr!.destroy();
    const { code, stdout } = finished(await child);
    expect(code).toBe(0);
    expect(stdout).toMatch(/shop\n$/);
  });

  test.runIf(POSIX).each([[CREATE], [[...CREATE, '--json']], [['schema']], [['--help']]])(
    '%j | head -1',
    async (args) => {
      const cwd = tempFolder();
      const { code, stderr } = await runInShell('{ "$@"; echo $? > code; } 2>&1 | head -1', cwd, args);
      expect({ code, stderr, exit: read(cwd, 'code') }).toEqual({ code: 0, stderr: '', exit: '0\n' });
    },
  );

  test
    .runIf(process.platform === 'linux')
    .each([[[...CREATE, '--dry-run', '--json']], [['schema']], [['--help']]])(
    '%j > /dev/full fails, and says so',
    async (args) => {
      const { code, stderr } = await runInShell('"$@" > /dev/full', tempFolder(), args);
      expect(code).toBe(1);
      expect(stderr).toContain('ENOSPC');
      expect(stderr).not.toContain('    at ');
    },
  );
});

test('a message tells what the user wrote, not how the program is made', async () => {
  const cwd = tempFolder();
  writeFileSync(join(cwd, 'c.yaml'), 'name: [\n');
  const { code, stderr } = await run(cwd, ['shop', '--config', 'c.yaml']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^c\.yaml: .*line/);
  expect(stderr).not.toMatch(/npm bugs|main\.js|node:/);
});
