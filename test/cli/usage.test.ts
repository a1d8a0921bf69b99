import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalog } from '../support.ts';
import { run, tempFolder, tree } from './support.ts';

/** Runs in a folder that is not empty and must be the same afterwards. */
async function refused(args: string[], files: Record<string, string> = {}, code = 2): Promise<string> {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'shop'));
  writeFileSync(join(cwd, 'shop/LICENSE'), 'mine\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const before = tree(cwd);
  const outcome = await run(cwd, args);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).not.toContain('    at ');
  expect(tree(cwd)).toEqual(before);
  return outcome.stderr;
}

describe('flags', () => {
  test.each([
    ['unknown', ['shop', '--yes', '--meshh', 'none'], 'unknown flag --meshh. Did you mean "--mesh"?'],
    ['unknown, nothing near', ['shop', '--yes', '--colour'], 'unknown flag --colour.'],
    ['unknown and short', ['shop', '--yes', '-q'], 'unknown flag -q'],
    ['bad choice', ['shop', '--yes', '--mesh', 'istioo'], '--mesh "istioo" is not one of istio, '],
    ['bad choice, the near one', ['shop', '--yes', '--mesh', 'istioo'], 'Did you mean "istio"?'],
    ['bad choice of an input', ['shop', '--yes', '--acme-environment', 'prod'], 'staging, production'],
    ['no value', ['shop', '--yes', '--mesh'], '--mesh needs a value'],
    ['the next flag is no value', ['shop', '--mesh', '--yes'], '--mesh needs a value'],
    ['empty value', ['shop', '--yes', '--domain='], '--domain needs a value'],
    ['a switch with a value', ['shop', '--yes=no'], '--yes takes no value'],
    ['twice', ['shop', '--yes', '--domain', 'a.org', '--domain', 'b.org'], '--domain is given twice'],
    ['two directories', ['shop', 'mall', '--yes'], 'one directory at most'],
    ['of another command', ['seal', 'shop', '--mesh', 'none'], 'unknown flag --mesh'],
    ['schema with a directory', ['schema', 'shop'], 'takes no directory'],
    ['a domain with a scheme', ['shop', '--yes', '--domain', 'https://a.org'], 'without "https://"'],
    ['no e-mail address', ['shop', '--yes', '--email', 'ops'], 'is no e-mail address'],
    ['host bits', ['shop', '--yes', '--api-server-cidrs', '10.0.0.1/24'], 'did you mean 10.0.0.0/24?'],
    ['a bad name', ['shop', '--yes', '--name', 'My Cluster'], 'lower-case letters'],
    [
      'no such file',
      ['shop', '--config', 'nothing.yaml'],
      'nothing.yaml cannot be read: there is no such file',
    ],
    ['no such certificate', ['shop', '--yes', '--sealing-certificate', 'no.pem'], 'no.pem cannot be read'],
    ['no such graph', ['shop', '--yes', '--services', 'no.yaml'], 'no.yaml cannot be read'],
    ['no repository to seal in', ['seal', 'shop'], 'holds no zero-trust.yaml'],
  ])('%s', async (_, args, message) => {
    expect(await refused(args)).toContain(message);
  });

  test('every problem at once, with every allowed value', async () => {
    const message = await refused(['shop', '--yes', '--mesh', 'x', '--secrets', 'y', '--zzz']);
    for (const slot of catalog.slots.filter(({ name }) => name === 'mesh' || name === 'secrets')) {
      for (const { name } of slot.components) expect(message).toContain(name);
    }
    expect(message).toContain('--zzz');
    expect(message).toContain('--help');
  });
});

describe('a file', () => {
  test.each([
    [
      'unknown key',
      'name: a\nchoises: {}\n',
      'unknown key "choises". Did you mean "choices"? Allowed: name, choices',
    ],
    ['unknown slot', 'name: a\nchoices: { mess: none }\n', 'Did you mean "mesh"?'],
    ['bad choice', 'name: a\nchoices: { mesh: istoi }\n', '"istoi" is not one of istio, '],
    ['unknown input', 'name: a\ninputs: { domian: a.org }\n', 'Did you mean "domain"?'],
    [
      'unknown key of a service',
      'name: a\nservices: [{ name: x, namespace: y, image: a:1, prot: 80 }]\n',
      'services.x: unknown key "prot". Did you mean "port"?',
    ],
    [
      'unknown callee',
      'name: a\nservices: [{ name: x, namespace: y, image: a:1, port: 80, calls: [{ to: z }] }]\n',
      'services.x.calls.0.to: no service z',
    ],
    ['no YAML', 'name: a\n  b: c: d\n', 'config.yaml: '],
    ['a list', '- name: a\n', 'a Blueprint is a map'],
  ])('%s', async (_, text, message) => {
    expect(await refused(['shop', '--config', 'config.yaml'], { 'config.yaml': text })).toContain(message);
  });

  test('two problems are told at once', async () => {
    const message = await refused(['shop', '--config', 'c.yaml'], {
      'c.yaml': 'name: A\nchoices: { mesh: x }\ninputs: { y: 1 }\n',
    });
    for (const part of ['name', 'mesh', '"y"']) expect(message).toContain(part);
  });

  test('from standard input', async () => {
    const cwd = tempFolder();
    const outcome = await run(cwd, ['shop', '--config', '-'], {
      input: 'name: from-stdin\nchoices: { mesh: none }\n',
    });
    expect(outcome).toMatchObject({ code: 0 });
    await run(cwd, ['flags', '--yes', '--name', 'from-stdin', '--mesh', 'none']);
    const expected = tree(join(cwd, 'flags'));
    expect(Object.keys(tree(join(cwd, 'shop')))).toEqual(Object.keys(expected));
  });

  test('bad keys from standard input', async () => {
    const outcome = await run(tempFolder(), ['shop', '--config', '-'], { input: 'name: a\nchoises: {}\n' });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('Did you mean "choices"?');
  });
});

describe('what needs no catalog', () => {
  test.each([['--help'], ['-h'], ['seal', '--help'], ['shop', '--nonsense', '--help']])(
    '%s %s',
    async (...args) => {
      const { code, stdout, stderr } = await run(tempFolder(), args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('--mesh');
    },
  );

  test('help names every flag, every option and every exit code', async () => {
    const { stdout } = await run(tempFolder(), ['--help']);
    for (const slot of catalog.slots.filter(({ decidedBy }) => !decidedBy)) {
      expect(stdout).toContain(`--${slot.name} ${slot.components.map(({ name }) => name).join('|')}`);
    }
    for (const code of [0, 1, 2, 130, 143]) expect(stdout).toMatch(new RegExp(`\\b${code} \\w`));
  });

  test.each(['--version', '-v'])('%s', async (flag) => {
    expect(await run(tempFolder(), [flag])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/),
      stderr: '',
    });
  });
});
