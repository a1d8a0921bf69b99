import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CONTROLS, ROWS, rowsOf } from './rows.ts';

const folder = path.join(import.meta.dirname, '..');

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(test|engine)\.ts$/.test(file))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'));
/** A title starts with the ids of its rows. */
const titles = sources.flatMap((text) => text.match(/(?<=['"`])(\[[a-z][a-z0-9-]*\] )+/g) ?? []);
const named = new Set([...titles.flatMap(rowsOf), ...CONTROLS.map(({ row }) => row)]);

test.each(ROWS)('$id is named by a test, or waits for an option', ({ id, later }) => {
  expect(named.has(id), later ? `${id} waits for ${later}, and has a test` : `no title has [${id}]`).toBe(
    !later,
  );
});

test('every row that a title names is one', () => {
  const known = new Set(ROWS.map(({ id }) => id));
  expect([...named].filter((id) => !known.has(id))).toEqual([]);
});
