import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from './support.ts';

/** What holds of the source itself. CONTRIBUTING.md says why. */
const root = path.join(import.meta.dirname, '..');
const sources = filesIn('src', '.ts').map((file) => ({ file, module: file.split('/')[1]!, ...read(file) }));

/** What every module may use. */
const FOUNDATION = ['types', 'error.ts', 'io.ts', 'kebab.ts', 'suggest.ts', 'version.ts'];
/** Imports between modules; a module that is not here may use the foundation alone. */
const MAY_IMPORT: Record<string, string[]> = {
  plan: ['blueprint'],
  arguments: ['catalog'],
  'answers.ts': ['arguments'],
  'questions.ts': ['answers.ts'],
  ask: ['answers.ts', 'questions.ts', 'blueprint', 'plan'],
  // Each repository has a page of what verify checks.
  'generate.ts': ['blueprint', 'plan', 'render', 'repo', 'verify'],
  verify: ['blueprint', 'plan'],
};
/** These put the modules together; each may use all but those before it. */
const TOP = ['cli.ts', 'main.ts', 'commands'];

it('finds the source', () => {
  expect(sources.length).toBeGreaterThan(50);
});

it('names no component: what one needs, its manifest says', () => {
  // Kubernetes itself has these words: `kind:`, and its own name.
  const words = ['none', 'own', 'kind', 'kubernetes'];
  const names = new Set(catalog.slots.flatMap((slot) => slot.components.map((one) => one.name)));
  const pattern = new RegExp(
    `(?<![\\w-])(${[...names].filter((name) => !words.includes(name)).join('|')})(?![\\w-])`,
    'g',
  );
  const found = sources
    .filter((one) => one.module !== 'verify')
    .flatMap(({ file, code }) => [...code.matchAll(pattern)].map((match) => `${file}: ${match[0]}`));
  expect(found).toEqual([]);
});

it('imports go down only', () => {
  const found = sources.flatMap(({ file, module, imports }) =>
    imports
      .filter((one) => one.startsWith('.'))
      .map((one) => path.posix.join(path.posix.dirname(file), one).split('/'))
      .filter(
        ([folder, target]) =>
          folder === 'src' && target !== module && !mayImport(module, target!.replace(/\.js$/, '.ts')),
      )
      .map(([, target]) => `${file} imports ${target}`),
  );
  expect(found).toEqual([]);
});

function mayImport(module: string, target: string): boolean {
  if (FOUNDATION.includes(target)) return true;
  const rank = TOP.indexOf(module);
  if (rank >= 0) return TOP.indexOf(target) < 0 || TOP.indexOf(target) > rank;
  return !FOUNDATION.includes(module) && (MAY_IMPORT[module] ?? []).includes(target);
}

describe.each([
  ['@clack/prompts', ['ask']],
  ['handlebars', ['render', 'catalog']],
  // seal reads values and keys from files that the user names, and writes public keys.
  ['node:fs', ['catalog', 'repo', 'seal']],
  ['fs-extra', ['repo']],
  ['execa', ['seal']],
  ['node:child_process', ['seal']],
])('%s', (name, allowed) => {
  it(`is known to ${allowed.join(' and ')} only`, () => {
    const users = sources.filter(({ imports }) =>
      imports.some((one) => one === name || one.startsWith(`${name}/`)),
    );
    expect(users.filter((one) => !allowed.includes(one.module)).map((one) => one.file)).toEqual([]);
  });
});

it('the core prints nothing and ends no process', () => {
  const talking = /\bconsole\.|\bprocess\.(exit|exitCode|stdout|stderr)\b/;
  const core = sources.filter((one) => !TOP.includes(one.module) && one.module !== 'io.ts');
  expect(core.filter((one) => talking.test(one.code)).map((one) => one.file)).toEqual([]);
});

it.each(sources.map((one) => one.file))('%s has 200 lines at most', (file) => {
  expect(read(file).lines).toBeLessThanOrEqual(200);
});

it.each(filesIn('scripts', '.mjs'))('%s has 60 lines at most', (file) => {
  expect(read(file).lines).toBeLessThanOrEqual(60);
});

it('templates leave nothing to do', () => {
  const open = filesIn('templates', '').filter((file) =>
    /\b(TODO|FIXME|XXX|TBD|CHANGEME|lorem)\b/i.test(read(file).text),
  );
  expect(open).toEqual([]);
});

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function read(file: string) {
  const text = readFileSync(path.join(root, file), 'utf8');
  // Comments may cite a component's documentation.
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const imports = [...code.matchAll(/(?:\bfrom |\bimport |\bimport\()'([^']+)'/g)].map((match) => match[1]!);
  return { text, code, imports, lines: text.trimEnd().split('\n').length };
}
