import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ASKED, DIRECTORY, flagsBut, NAME, SEAL, WRITE } from './answers.ts';
import { POSIX, tempFolder, until } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';

const { enter, escape, interrupt, endOfInput, down } = KEYS;
const DISTRIBUTION = ASKED[0]!.question;

/** Ways to a question of the flow: what is started, and what is answered on the way. */
const PLACES: [string, string[], string[], string][] = [
  ['the first', [], [], DIRECTORY],
  ['a middle', [], [DIRECTORY, NAME], DISTRIBUTION],
  ['the last', ['shop', ...flagsBut()], [SEAL], WRITE],
];

async function at(args: string[], way: string[]) {
  const cwd = tempFolder();
  const terminal = new Terminal(cwd, args);
  for (const question of way) await terminal.answer(question, enter);
  return { cwd, terminal };
}

async function wasCancelled({ cwd, terminal }: { cwd: string; terminal: Terminal }, code: number) {
  expect(await terminal.end()).toBe(code);
  expect(terminal.text).toContain('Cancelled. Nothing was written.');
  expect(terminal.text).not.toContain('    at ');
  expect(terminal.cursorIsVisible).toBe(true);
  expect(readdirSync(cwd)).toEqual([]);
}

describe.runIf(POSIX).each(PLACES)('at %s question', (_, args, way, question) => {
  test.each([
    ['Esc', escape],
    ['Ctrl-C', interrupt],
  ])('%s cancels', async (_name, key) => {
    const place = await at(args, way);
    await place.terminal.answer(question, key);
    await wasCancelled(place, 130);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('%s cancels', async (signal, code) => {
    const place = await at(args, way);
    await place.terminal.answer(question);
    place.terminal.signal(signal);
    await wasCancelled(place, code);
  });

  test('Ctrl-D does not hang', async () => {
    const place = await at(args, way);
    await place.terminal.answer(question, endOfInput);
    await wasCancelled(place, 130);
  });

  test('closing the terminal ends the process', async () => {
    const { cwd, terminal } = await at(args, way);
    await terminal.answer(question);
    terminal.signal('SIGHUP');
    await terminal.end();
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe.runIf(POSIX)('the summary', () => {
  test.each([
    ['n', ['n']],
    ['an arrow key and Enter', [down, enter]],
  ])('no by %s writes nothing', async (_, keys) => {
    const place = await at(['shop', ...flagsBut()], [SEAL]);
    await place.terminal.answer(WRITE, ...keys);
    await wasCancelled(place, 130);
  });

  test('y writes', async () => {
    const { cwd, terminal } = await at(['shop', ...flagsBut()], [SEAL]);
    await terminal.answer(WRITE, 'y');
    expect(await terminal.end()).toBe(0);
    expect(readdirSync(cwd)).toEqual(['shop']);
    expect(terminal.cursorIsVisible).toBe(true);
  });
});

test.runIf(POSIX)('the terminal is left as it was: lines and echo', async () => {
  const terminal = new Terminal(tempFolder(), [], {}, '"$@"; echo "code $?"; stty -a');
  await terminal.answer(DIRECTORY, escape);
  expect(await terminal.end()).toBe(0);
  expect(terminal.text).toContain('code 130');
  expect(terminal.text).toMatch(/[\s;]icanon/);
  expect(terminal.text).toMatch(/[\s;]echo[\s;]/);
  await until('the shell is gone', () => terminal.exitCode !== undefined);
});
