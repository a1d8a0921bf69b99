import fc from 'fast-check';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { alignTables, formatMarkdown, tidy } from '../src/render/tables.ts';

const prettier = (text: string) => format(text, { parser: 'markdown' });

const tables = {
  'cells of any length': '| a | b |\n|---|---|\n| short | x |\n| a much longer cell |  |\n',
  'columns narrower than a rule': '| a |\n|---|\n| b |\n',
  'every alignment':
    '| l | c | r | n |\n|:--|:-:|--:|---|\n| one | two | three | four |\n| seventeen letters | centre it | 1 | 2 |\n',
  'pipes in code': '| path | why |\n|---|---|\n| `a\\|b` | either |\n',
  'wide and narrow signs':
    '| sign | what |\n|---|---|\n| → | arrow |\n| ✅ | emoji |\n| 漢字 | wide |\n| é | accent |\n',
  'a table in a list': '- item\n\n  | a | bcdef |\n  |---|---|\n  | long cell | x |\n',
};

test.each(Object.entries(tables))('%s: as prettier writes it', async (_, text) => {
  expect(alignTables(text)).toBe(await prettier(text));
});

test('any table of words is as prettier writes it', async () => {
  const cell = fc.stringMatching(/^[a-z0-9→ é漢]{0,12}$/).map((text) => text.trim().replace(/\s+/g, ' '));
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const text = [
        '| a | b | c |',
        '|---|:--|--:|',
        ...rows.map((row) => `| ${row.join(' | ')} |`),
        '',
      ].join('\n');
      expect(alignTables(text)).toBe(await prettier(text));
    }),
    { numRuns: 50 },
  );
});

test('fenced code stays as it is', () => {
  const text = '````md\n| a | b |\n|---|---|\n| long cell | x |\n```\n\n\n\n````\n';
  expect(formatMarkdown(text)).toBe(text);
});

test('lines that begin with a pipe and are no table stay as they are', () => {
  expect(alignTables('| a\n| b\n')).toBe('| a\n| b\n');
});

test('blank lines collapse, none begins or ends the page', () => {
  expect(tidy('\n\n# a\n\n\n\nb  \n\n\n')).toBe('# a\n\nb\n');
});

test('formatting twice changes nothing', () => {
  for (const text of Object.values(tables))
    expect(formatMarkdown(formatMarkdown(text))).toBe(formatMarkdown(text));
});
