import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { catalog } from '../support.ts';
import { DIRECTORY, flagsBut, NAME, SEAL, WRITE } from './answers.ts';
import { BIN, differences, finished, POSIX, read, run, startProgram, tempFolder, tree } from './support.ts';
import { KEYS, Terminal } from './terminal.ts';

/** An `npm` that does for `npm create zero-trust@VERSION …` what the real one does: drops `--`, starts the program. */
function fakeNpm(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const script = `#!/bin/sh
[ "$1" = create ] || exit 99
case $2 in zero-trust@*) ;; *) exit 98 ;; esac
shift 2
seen=
for word; do
  shift
  if [ "$word" = -- ] && [ -z "$seen" ]; then seen=1; else set -- "$@" "$word"; fi
done
exec '${process.execPath}' '${BIN}' "$@"
`;
  writeFileSync(join(folder, 'bin/npm'), script);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  return { PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
}

/** Pastes a command into a shell whose standard input is closed. */
async function paste(command: string, cwd: string) {
  const env = fakeNpm(tempFolder());
  return finished(await startProgram('sh', ['-c', `${command} <&-`], cwd, { env }));
}

/** The command that is printed at the end. */
function replayOf(talk: string): string {
  const [, command] = /The same again:\s+(npm create .*)\s*$/.exec(talk) ?? [];
  expect(command).toBeDefined();
  return command!;
}

/** Creates, moves the result away, replays, and compares. */
async function replays(cwd: string, args: string[], directory = args[0]!): Promise<void> {
  const { code, stderr } = await run(cwd, args);
  expect(code).toBe(0);
  const first = join(tempFolder(), 'first');
  renameSync(join(cwd, directory), first);
  expect(await paste(replayOf(stderr), cwd)).toMatchObject({ code: 0 });
  expect(differences(first, join(cwd, directory))).toEqual([]);
}

const SERVICES =
  '- { name: web, namespace: shop, image: "nginx:1.27", port: 8080, secrets: [{ name: s, keys: [k] }] }\n';

describe.runIf(POSIX)('the command that is printed at the end', () => {
  test.each([
    ['defaults', ['shop', '--yes']],
    [
      'every choice at another option',
      ['shop', '--yes', ...catalog.slots.filter(({ decidedBy }) => !decidedBy).flatMap(another)],
    ],
    ['a directory with blanks and quotes', [`it's "my" $HOME shop`, '--yes']],
    ['a directory elsewhere', ['./a/../b/shop', '--yes', '--name', 'other']],
    [
      'lists',
      [
        'shop',
        '--yes',
        '--api-server-cidrs',
        '10.0.0.0/8,192.0.2.0/24',
        '--api-server-cidrs',
        '2001:db8::/32',
      ],
    ],
    ['several recipients', ['shop', '--yes', '--secrets', 'sops', '--age-recipients', 'age1a, age1b']],
    [
      'quotes and shell signs in a value',
      ['shop', '--yes', '--repository-url', `https://git.example.org/o'brien/$(id)"&;*`],
    ],
    ['a value that starts with a dash', ['shop', '--yes', '--secrets', 'sops', '--age-recipients=-x']],
    ['switches', ['shop', '--yes', '--node-local-dns', '--no-wide-egress']],
    ['a version that looks like a number', ['shop', '--yes', '--kubernetes-version', '1.33']],
    ['no services', ['shop', '--yes', '--services', 'none']],
    [
      'a file of services with blanks and a comma in its name',
      ['shop', '--yes', '--services', "it's, mine.yaml"],
    ],
    ['a certificate', ['shop', '--yes', '--sealing-certificate', 'my cert.pem']],
    ['a file', ['shop', '--config', 'my config.yaml', '--mesh', 'none']],
    ['over what is there', ['shop', '--yes', '--force']],
  ])('%s', async (_, args) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "it's, mine.yaml"), SERVICES);
    writeFileSync(join(cwd, 'my cert.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    writeFileSync(
      join(cwd, 'my config.yaml'),
      `# kept\nname: of-file # kept too\ninputs: { domain: file.example.org }\nservices:\n${SERVICES}`,
    );
    if (args[0]!.includes('a/..')) mkdirSync(join(cwd, 'a'));
    await replays(cwd, args);
  });

  test('answers that were typed', async () => {
    const cwd = tempFolder();
    const terminal = new Terminal(cwd, flagsBut('name'));
    await terminal.answer(DIRECTORY, "it's mine, all", KEYS.enter);
    await terminal.answer(NAME, 'typed', KEYS.enter);
    for (const question of [SEAL, WRITE]) await terminal.answer(question, KEYS.enter);
    expect(await terminal.end()).toBe(0);
    const first = join(tempFolder(), 'first');
    renameSync(join(cwd, "it's mine, all"), first);
    // The terminal breaks no line: it is wide enough.
    expect(await paste(replayOf(terminal.text), cwd)).toMatchObject({ code: 0 });
    expect(differences(first, join(cwd, "it's mine, all"))).toEqual([]);
  });
});

function another({ name, default: chosen, components }: (typeof catalog.slots)[number]): string[] {
  const other = components.findLast((component) => component.name !== chosen);
  return other ? [`--${name}`, other.name] : [];
}

test('what comes next: a first commit on the branch that is followed, and later a difference to read', async () => {
  const cwd = tempFolder();
  const first = await run(cwd, ['shop', '--yes', '--repository-branch', 'live']);
  expect(first.stderr).toContain('cd shop && git init --initial-branch=live && git add . && git commit');
  const again = await run(cwd, ['shop', '--config', 'shop/zero-trust.yaml', '--force']);
  expect(again.stderr).toContain('git -C shop diff');
  expect(again.stderr).not.toContain('git init');
  expect(replayOf(again.stderr)).toMatch(/ --force$/);
});

describe('the saved Blueprint', () => {
  const FLAGS = [
    '--yes',
    '--mesh',
    'none',
    '--secrets',
    'sops',
    '--api-server-cidrs',
    '10.0.0.0/8',
    '--node-local-dns',
  ];

  test('renders the same elsewhere', async () => {
    const cwd = tempFolder();
    await run(cwd, ['one', ...FLAGS]);
    expect(await run(cwd, ['two', '--config', 'one/zero-trust.yaml'])).toMatchObject({ code: 0 });
    expect(differences(join(cwd, 'one'), join(cwd, 'two'))).toEqual([]);
  });

  test('renders the same in its place', async () => {
    const cwd = tempFolder();
    await run(cwd, ['one', ...FLAGS]);
    const before = tree(cwd);
    expect(await run(join(cwd, 'one'), ['.', '--config', 'zero-trust.yaml', '--force'])).toMatchObject({
      code: 0,
    });
    expect(tree(cwd)).toEqual(before);
  });

  test('a flag wins over it, and comments stay', async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'c.yaml'), '# why\nname: shop # the shop\nchoices:\n  mesh: istio # for now\n');
    await run(cwd, ['shop', '--config', 'c.yaml', '--mesh', 'none', '--domain', 'a.example.org']);
    const saved = read(cwd, 'shop/zero-trust.yaml');
    for (const comment of ['# why', '# the shop']) expect(saved).toContain(comment);
    expect(parse(saved)).toMatchObject({ choices: { mesh: 'none' }, inputs: { domain: 'a.example.org' } });
  });

  test('a command named as pending finishes it', async () => {
    const cwd = tempFolder();
    const first = JSON.parse((await run(cwd, ['shop', '--yes', '--json'])).stdout);
    const domain = first.pending.find(({ id }: { id: string }) => id === 'domain');
    expect(await paste(domain.command.replace('VALUE', 'shop.example.org'), join(cwd, 'shop'))).toMatchObject(
      { code: 0 },
    );
    const again = JSON.parse(
      (await run(join(cwd, 'shop'), ['.', '--config', 'zero-trust.yaml', '--force', '--json'])).stdout,
    );
    expect(again.pending.map(({ id }: { id: string }) => id)).toEqual(
      first.pending.map(({ id }: { id: string }) => id).filter((id: string) => id !== 'domain'),
    );
  });

  test('is what the printed schema accepts, and nothing else', async () => {
    const cwd = tempFolder();
    await run(cwd, ['one', ...FLAGS]);
    const document = JSON.parse((await run(cwd, ['schema'])).stdout);
    const accepts = (value: unknown) => z.fromJSONSchema(document).safeParse(value).success;
    const saved = parse(read(cwd, 'one/zero-trust.yaml'));
    expect(accepts(saved)).toBe(true);
    expect(accepts({ ...saved, choises: {} })).toBe(false);
    expect(accepts({ ...saved, choices: { mesh: 'istoi' } })).toBe(false);
    for (const { name, components, decidedBy } of catalog.slots) {
      const options = components.map((component) => component.name);
      expect(document.properties.choices.properties[name]?.enum).toEqual(decidedBy ? undefined : options);
    }
    for (const { name } of catalog.inputs) expect(document.properties.inputs.properties).toHaveProperty(name);
  });
});
