import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { escapeMarkdown, plainText, quoteYaml } from '../src/render/quote.ts';
import { HOSTILE } from './hostile.ts';

/** Each place of a YAML file where a template may put `{{value}}`. */
const POSITIONS: Record<string, (quoted: string) => [text: string, expected: (value: unknown) => unknown]> = {
  value: (q) => [`a: ${q}\nb: 1\n`, (value) => ({ a: value, b: 1 })],
  'nested value': (q) => [`a:\n  - b: ${q}\n    c: 1\n`, (value) => ({ a: [{ b: value, c: 1 }] })],
  item: (q) => [`a:\n  - ${q}\n  - 1\n`, (value) => ({ a: [value, 1] })],
  'before a comment': (q) => [`a: ${q} # note\n`, (value) => ({ a: value })],
  'flow item': (q) => [`a: [${q}, 1]\n`, (value) => ({ a: [value, 1] })],
  'flow value': (q) => [`a: { b: ${q}, c: 1 }\n`, (value) => ({ a: { b: value, c: 1 } })],
};

function check(value: unknown, version: '1.1' | '1.2') {
  for (const [position, place] of Object.entries(POSITIONS)) {
    const [text, expected] = place(quoteYaml(value));
    expect(parse(text, { version }), `as ${position}: ${text}`).toEqual(expected(value));
  }
}

/** A key is a scalar too; 1024 characters are the most that YAML allows. */
function checkKey(key: string, version: '1.1' | '1.2') {
  const text = `${quoteYaml(key)}: 1\nz: 2\n`;
  const entries = parse(text, { version, mapAsMap: true }) as Map<unknown, unknown>;
  expect([...entries], text).toEqual([
    [key, 1],
    ['z', 2],
  ]);
}

describe.each(['1.1', '1.2'] as const)('read as YAML %s', (version) => {
  it.each(HOSTILE)('%j comes back as the same string', (value) => {
    check(value, version);
    if (value.length < 1000) checkKey(value, version);
  });

  it('any string comes back', () => {
    const text = fc.string({ unit: 'binary' });
    const looksPlain = fc.stringMatching(/^[-+.~\w: /@()=;#]{0,12}$/);
    fc.assert(
      fc.property(fc.oneof(text, looksPlain), (value) => check(value, version)),
      { numRuns: 2000 },
    );
  });

  it.each([0, -1, 8080, 0.5, true, false])('%j stays a number or boolean', (value) => check(value, version));
});

it('writes nothing that go-yaml, which reads for kubectl, Flux and kustomize, refuses or takes as a line break', () => {
  const readable = /^[\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
  const anyString = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
  const isReadable = (value: string) => readable.test(quoteYaml(value));
  fc.assert(fc.property(anyString, isReadable), { numRuns: 2000 });
});

it('leaves plain what needs no quotes', () => {
  const plain = [
    'shop',
    'ghcr.io/org/app:1.0.0',
    'https://example.com/a',
    'example.com/key',
    '/api/v1',
    'a b',
    'cluster.local/ns/a',
  ];
  expect(plain.map(quoteYaml)).toEqual(plain);
});

it.each([undefined, null, {}, [], () => 1, Symbol('x')])(
  'throws on %s: the template asked for what is not there',
  (value) => {
    expect(() => quoteYaml(value)).toThrow('a template printed');
  },
);

it('keeps Markdown in its cell, on its line and out of tags', () => {
  for (const value of HOSTILE) {
    const text = escapeMarkdown(value);
    expect(text).not.toMatch(/[\r\n]|(?<!\\)[|`<]/);
  }
});

it('keeps other text on one line', () => {
  for (const value of HOSTILE) expect(plainText(value)).not.toMatch(/[\r\n]/);
});
