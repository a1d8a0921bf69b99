import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalog } from '../support.ts';
import { ASKED, DIRECTORY, flagsBut, NAME, SEAL, SERVICES, SINGLE, WRITE } from './answers.ts';
import { differences, POSIX, read, run, tempFolder } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';
import { ONE_SECRET } from './values.ts';

const { enter, down, up } = KEYS;

/** Answers what is left with Enter, up to and with the last question. Returns the exit code. */
async function acceptAll(terminal: Terminal): Promise<number> {
  for (const question of [SEAL, WRITE]) await terminal.answer(question, enter);
  return terminal.end();
}

describe.runIf(POSIX)('questions', () => {
  test('Enter through all of them, in the order of the issue, renders what --yes renders', async () => {
    const cwd = tempFolder();
    const terminal = new Terminal(cwd, []);
    const questions = [DIRECTORY, NAME, ...ASKED.map(({ question }) => question), SERVICES];
    for (const question of questions) await terminal.answer(question, enter);
    expect(await acceptAll(terminal)).toBe(0);
    expect(terminal.questions).toEqual([...questions, expect.stringContaining(SEAL), WRITE]);
    const plain = tempFolder();
    await run(plain, ['my-cluster', '--yes']);
    expect(differences(cwd, plain)).toEqual([]);
  });

  test('each choice shows every option with its hint', async () => {
    const terminal = new Terminal(tempFolder(), ['shop', ...flagsBut('mesh')]);
    const mesh = catalog.slots.find(({ name }) => name === 'mesh')!;
    await terminal.sees(mesh.question);
    for (const { label } of mesh.components) await terminal.sees(label);
    expect(terminal.text).toContain(mesh.components.find(({ name }) => name === mesh.default)!.hint);
  });

  test('one is asked, the others were answered by flags', async () => {
    const cwd = tempFolder();
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('mesh')]);
    const mesh = catalog.slots.find(({ name }) => name === 'mesh')!;
    await terminal.answer(mesh.question, enter);
    expect(await acceptAll(terminal)).toBe(0);
    expect(terminal.questions).toEqual([mesh.question, expect.stringContaining(SEAL), WRITE]);
  });

  test('nothing is asked that a file answers', async () => {
    const cwd = tempFolder();
    await run(cwd, ['one', '--yes', '--domain', 'shop.example.org']);
    const terminal = new Terminal(cwd, ['two', '--config', 'one/zero-trust.yaml']);
    expect(await acceptAll(terminal)).toBe(0);
    expect(terminal.questions).toEqual([expect.stringContaining(SEAL), WRITE]);
    expect(differences(join(cwd, 'one'), join(cwd, 'two'))).toEqual([]);
  });

  test('there are slots with a single option, and none is asked', () => {
    for (const name of SINGLE) expect(ASKED.map(({ flag }) => flag)).not.toContain(name);
  });
});

describe.runIf(POSIX)('answers', () => {
  test.each([
    ['one down', [down]],
    ['down, up, down', [down, up, down]],
    ['up, round the end', [up]],
  ])('arrow keys choose another mesh: %s', async (_, keys) => {
    const cwd = tempFolder();
    const mesh = catalog.slots.find(({ name }) => name === 'mesh')!;
    const names = mesh.components.map(({ name }) => name);
    const start = names.indexOf(mesh.default);
    const steps = keys.reduce((sum, key) => sum + (key === down ? 1 : -1), 0);
    const chosen = names.at((start + steps) % names.length)!;
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('mesh')]);
    await terminal.answer(mesh.question, ...keys, enter);
    expect(await acceptAll(terminal)).toBe(0);
    expect(read(cwd, 'shop/zero-trust.yaml')).toContain(`mesh: ${chosen}\n`);
    await run(cwd, ['flag', '--yes', '--name', 'shop', '--mesh', chosen]);
    expect(differences(join(cwd, 'shop'), join(cwd, 'flag'))).toEqual([]);
  });

  test('typed text; a bad answer is told at once and asked again', async () => {
    const cwd = tempFolder();
    const domain = ASKED.find(({ flag }) => flag === 'domain')!;
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('domain')]);
    await terminal.answer(domain.question, 'https://shop.example.org', enter);
    await terminal.sees('give the name alone, without "https://"');
    terminal.type('\x15shop.example.org\r');
    expect(await acceptAll(terminal)).toBe(0);
    expect(read(cwd, 'shop/zero-trust.yaml')).toContain('domain: shop.example.org\n');
  });

  test('the name that is offered follows the directory', async () => {
    const terminal = new Terminal(tempFolder(), []);
    await terminal.answer(DIRECTORY, 'My Shop (prod)', enter);
    await terminal.answer(NAME);
    await terminal.sees('my-shop-prod');
  });

  test('no services: nothing to seal, and nothing asked about it', async () => {
    const cwd = tempFolder();
    await run(cwd, ['none', '--yes', '--name', 'shop', '--services', 'none', ...ONE_SECRET]);
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('services', 'runtime'), ...ONE_SECRET]);
    await terminal.answer(SERVICES, down, down, enter);
    await terminal.answer(WRITE, enter);
    expect(await terminal.end()).toBe(0);
    expect(differences(join(cwd, 'shop'), join(cwd, 'none'))).toEqual([]);
  });

  test('services from a file', async () => {
    const cwd = tempFolder();
    writeFileSync(
      join(cwd, 'my services.yaml'),
      '- { name: web, namespace: web, image: "nginx:1.27", port: 8080 }\n',
    );
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('services', 'runtime'), ...ONE_SECRET]);
    await terminal.answer(SERVICES, down, enter);
    await terminal.answer('Which file?', 'my services.yaml', enter);
    await terminal.answer(WRITE, enter);
    expect(await terminal.end()).toBe(0);
    expect(existsSync(join(cwd, 'shop/apps/web/deployment.yaml'))).toBe(true);
  });

  test('a file of services that is not there is refused, and nothing is written', async () => {
    const cwd = tempFolder();
    const terminal = new Terminal(cwd, ['shop', ...flagsBut('services')]);
    await terminal.answer(SERVICES, down, enter);
    await terminal.answer('Which file?', 'no.yaml', enter);
    expect(await terminal.end()).toBe(2);
    expect(terminal.text).toContain('no.yaml cannot be read');
    expect(existsSync(join(cwd, 'shop'))).toBe(false);
  });
});

describe.runIf(POSIX)('before writing', () => {
  test('the summary tells choices, namespaces, files per folder and what is pending', async () => {
    const terminal = new Terminal(tempFolder(), ['shop', ...flagsBut()]);
    await terminal.answer(SEAL, enter);
    await terminal.sees(WRITE);
    for (const title of ['Choices', 'Namespaces', 'Files', 'Pending'])
      expect(terminal.text).toMatch(new RegExp(`│ +${title}`));
    expect(terminal.text).toMatch(/security\/ \d+/);
  });

  test('gaps are told', async () => {
    const terminal = new Terminal(tempFolder(), ['shop', ...flagsBut('mesh'), '--mesh', 'none']);
    await terminal.answer(SEAL, enter);
    await terminal.sees('Gaps');
    await terminal.sees(WRITE);
  });

  test('a folder that is not empty is refused before the summary', async () => {
    const cwd = tempFolder();
    await run(cwd, ['shop', '--yes']);
    const terminal = new Terminal(cwd, ['shop', ...flagsBut()]);
    expect(await terminal.end()).toBe(1);
    expect(terminal.questions).toEqual([]);
  });

  test('a dry run asks the questions, but not whether to write', async () => {
    const cwd = tempFolder();
    const mesh = ASKED.find(({ flag }) => flag === 'mesh')!;
    const terminal = new Terminal(cwd, ['shop', '--dry-run', ...flagsBut('mesh')]);
    await terminal.answer(mesh.question, enter);
    expect(await terminal.end()).toBe(0);
    expect(terminal.questions).toEqual([mesh.question]);
    expect(existsSync(join(cwd, 'shop'))).toBe(false);
  });
});
