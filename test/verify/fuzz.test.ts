import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../../src/error.ts';
import type { Files } from '../../src/types/files.ts';
import type { Finding } from '../../src/verify/model.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULES } from '../../src/verify/rules/all.ts';
import { run } from '../../src/verify/run.ts';
import { HOSTILE } from '../hostile.ts';
import { edited, put, type Path } from '../mutation/mutant.ts';
import { nodes } from '../mutation/nodes.ts';
import { scenario, type Place } from '../mutation/repository.ts';
import { catalog } from '../support.ts';
import { BROKEN, FINE, SCRAPS } from '../mutation/hostile-yaml.ts';
import { PATCHES, treesOf } from '../mutation/hostile-trees.ts';
import { KINDS } from '../mutation/kinds.ts';
import { within } from '../mutation/within.ts';

/** More runs find more: FUZZ_RUNS=5000 npx vitest run test/verify/fuzz.test.ts */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 25);
/** Far above what a repository takes; what is quadratic or worse does not come near it. */
const SECONDS = 20;

const repositories = [scenario('default'), scenario('other-options')];
const [repository] = repositories as [(typeof repositories)[0]];
const APPS = 'apps/kustomization.yaml';

/** What `verify` says: findings, or the text of the one error that it may throw. A rule that fails is no finding. */
function verify(files: Files): Finding[] | string {
  try {
    const { findings } = within(SECONDS, () => run(readModel(files, catalog), RULES, { strict: true }));
    const failed = findings.filter(({ rule }) => rule === 'verify/rule-failed');
    expect(failed.map(({ message }) => message)).toEqual([]);
    return findings;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

const withFiles = (files: Record<string, string>): Files =>
  new Map([...repository.files, ...Object.entries(files)]);
/** The default repository with one more file, which the layer of services names. */
const withObject = (text: string): Files =>
  withFiles({ 'apps/extra.yaml': text, [APPS]: named('extra.yaml') });
const named = (...entries: string[]) =>
  repository.files.get(APPS)! + entries.map((one) => `  - ${JSON.stringify(one)}\n`).join('');

/** Whether something is said about a file that is not said of the repository without it. */
function isReported(files: Files, file: string): boolean {
  const said = verify(files);
  return typeof said === 'string' || said.some((one) => one.severity !== 'note' && one.file === file);
}

const wrong = fc.oneof(
  fc.constantFrom<unknown>(null, 0, -1, 1e308, true, '', 'x', [], {}, [null], [[]], [{}], { '': null }),
  fc.constantFrom(...HOSTILE),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__": 1, "constructor": {"prototype": 1}}'), {
    name: { name: [] },
  }),
  // Maps that hide what prints them.
  fc.constantFrom<unknown>({ toString: 'x' }, [{ valueOf: 1, toString: null }]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** An object's document with the node of that number exchanged. */
function exchange(files: Files, { file, index, object }: Place, pick: number, value: unknown): Files {
  const all = [...nodes(object)].slice(1);
  const at: Path = all[pick % all.length]!.at;
  return new Map([...files, [file, edited(files.get(file)!, index, put(at, value))]]);
}

describe('wrong types', () => {
  it.each(repositories)('anywhere in $name', ({ files, places }) => {
    const edit = fc.tuple(fc.nat(places.length - 1), fc.nat(5000), wrong);
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (list) => {
      const seen = new Set<string>();
      const broken = list.reduce((all, [place, node, value]) => {
        const { file } = places[place]!;
        // One each: a second could stand in what the first took away.
        return seen.has(file) || !seen.add(file) ? all : exchange(all, places[place]!, node, value);
      }, files);
      verify(broken);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('anywhere in zero-trust.yaml', () => {
    const object = parse(repository.files.get('zero-trust.yaml')!) as object;
    const place = { file: 'zero-trust.yaml', index: 0, object };
    const property = fc.property(fc.nat(2000), wrong, (node, value) => {
      verify(exchange(repository.files, place, node, value));
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it.each(Object.entries(KINDS))('anywhere in a %s', (_, object) => {
    const place = { file: 'apps/extra.yaml', index: 0, object };
    const files = withObject(JSON.stringify(object));
    verify(files);
    const property = fc.property(fc.nat(200), wrong, (node, value) => {
      verify(exchange(files, place, node, value));
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 5) });
  });
});

describe('broken text', () => {
  it('with scraps anywhere, cut anywhere', () => {
    const names = [...repository.files.keys()].filter((file) => /\.(ya?ml|md)$/.test(file));
    const scrap = fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ unit: 'binary' }));
    const edit = fc.tuple(fc.nat(names.length - 1), fc.nat(4000), scrap, fc.boolean());
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (list) => {
      const broken = new Map(repository.files);
      for (const [name, offset, text, cut] of list) {
        const before = broken.get(names[name]!)!;
        const at = offset % (before.length + 1);
        broken.set(names[name]!, before.slice(0, at) + text + (cut ? '' : before.slice(at)));
      }
      verify(broken);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it.each(Object.entries(BROKEN))('%s is reported', (_, text) => {
    expect(isReported(withObject(text), 'apps/extra.yaml')).toBe(true);
  });

  it.each(Object.entries(FINE))('%s does no harm', (_, text) => {
    verify(withObject(text));
  });

  it.each(['\r\n', '\r\n\r\n'])('reads line ends %j as line breaks', (end) => {
    const changed = [...repository.files].map(([file, text]) => [file, text.replaceAll('\n', end)] as const);
    expect(typeof verify(new Map(changed))).not.toBe('string');
  });

  it('reads a byte order mark as nothing', () => {
    const changed = [...repository.files].map(([file, text]) => [file, `\ufeff${text}`] as const);
    expect(verify(new Map(changed))).toEqual(verify(repository.files));
  });

  it.each(['clusters', 'apps', 'security', 'zero-trust.yaml', 'clusters/my-cluster/kustomization.yaml'])(
    'binary junk in the place of %s',
    (start) => {
      const junk = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)).toString(
        'utf8',
      );
      const changed = [...repository.files].map(
        ([file, text]) => [file, file.startsWith(start) ? junk : text] as const,
      );
      expect(verify(new Map(changed))).not.toEqual([]);
    },
  );
});

describe('trees that do not end', () => {
  it.each(Object.entries(treesOf(repository.files)))('%s is reported', (_, files) => {
    const said = verify(withFiles(files));
    expect(typeof said === 'string' || said.some(({ severity }) => severity === 'error')).toBe(true);
  });
});

describe('patches', () => {
  const patched = (patch: object) => withFiles({ [APPS]: `${named()}patches: ${JSON.stringify([patch])}\n` });
  const body = (op: unknown) => (typeof op === 'string' ? op : JSON.stringify(op));

  it.each(PATCHES)('%s', (_, name, patch) => {
    verify(
      new Map([...patched({ target: { name }, patch: body(patch) }), [`apps/${'a'.repeat(60)}.yaml`, '']]),
    );
    verify(patched({ patch: body(patch) }));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a name of many letters against a pattern that backtracks', () => {
    const long = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${'a'.repeat(50)}b, namespace: shop}\n`;
    const files = withObject(long);
    const patch = { target: { name: '(a+)+c' }, patch: '[{"op":"remove","path":"/data"}]' };
    files.set(APPS, `${named('extra.yaml')}patches: ${JSON.stringify([patch])}\n`);
    verify(files);
  });
});
