import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemsOf } from './invariants.ts';
import { readRepository } from './objects.ts';
import { catalog, generate } from './support.ts';

const folder = path.join(import.meta.dirname, 'scenarios');
const blueprintOf = (name: string) =>
  parse(readFileSync(path.join(folder, name, 'blueprint.yaml'), 'utf8')) as Record<string, unknown>;

/** A scenario is a Blueprint and the tree that it becomes; `npm run test:update` writes the tree. */
describe.each(readdirSync(folder))('scenario %s', (name) => {
  const generated = generate(blueprintOf(name));
  const expected = path.join(folder, name, 'expected');
  if (process.env['UPDATE']) writeTree(expected, generated.files);

  it('renders the expected tree', () => {
    expect(existsSync(expected), 'expected/ is missing: npm run test:update').toBe(true);
    // Paths first: a file that is no longer rendered would otherwise go unnoticed.
    const paths = readPaths(expected);
    expect([...generated.files.keys()].sort()).toEqual(paths);
    for (const file of paths) {
      expect(generated.files.get(file), file).toBe(readFileSync(path.join(expected, file), 'utf8'));
    }
  });

  it('renders the same bytes each time', () => {
    expect([...generate(blueprintOf(name)).files]).toEqual([...generated.files]);
  });

  it('renders a repository without dangling ends', () => {
    expect(problemsOf(readRepository(generated))).toEqual([]);
  });
});

it('other-options takes another option of every slot that has no scenario of its own', () => {
  const { plan } = generate(blueprintOf('other-options'));
  const others = readdirSync(folder).map((name) => (blueprintOf(name)['choices'] ?? {}) as object);
  const asked = catalog.slots.filter(
    (slot) =>
      !slot.decidedBy &&
      slot.components.length > 1 &&
      !others.some((choices) =>
        Object.entries(choices).some(([key, value]) => key === slot.name && value !== slot.default),
      ),
  );
  expect(asked.filter((slot) => plan.choices[slot.name] === slot.default).map((slot) => slot.name)).toEqual(
    [],
  );
  expect(plan.pending.filter((one) => !one.id.startsWith('secret '))).toEqual([]);
});

it('with every input given the default has no gap, and nothing is pending once secrets are sealed', () => {
  const wanted = blueprintOf('everything');
  const secrets = generate(wanted).plan.secrets.map((one) => `${one.namespace}/${one.name}`);
  const { plan } = generate(wanted, secrets);
  expect(secrets.length).toBeGreaterThan(2);
  expect(plan.gaps).toEqual([]);
  expect(plan.pending).toEqual([]);
});

it('every input is given in some scenario', () => {
  const given = new Set(
    readdirSync(folder).flatMap((name) => Object.keys((blueprintOf(name)['inputs'] ?? {}) as object)),
  );
  const { plan } = generate(blueprintOf('other-options'));
  const open = Object.entries(plan.inputs).filter(([name, value]) => value === null && !given.has(name));
  expect(open).toEqual([]);
});

it('smallest asks for nothing that can be left out', () => {
  const { plan } = generate(blueprintOf('smallest'));
  const optional = catalog.slots.filter((slot) => slot.components.some((one) => one.name === 'none'));
  expect(optional.filter((slot) => plan.choices[slot.name] !== 'none').map((slot) => slot.name)).toEqual([]);
});

function readPaths(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function writeTree(root: string, files: Map<string, string>): void {
  rmSync(root, { recursive: true, force: true });
  for (const [file, text] of files) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}
