import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export interface Row {
  id: string;
  area: string;
  what: string;
  /** The option that is not on the menu yet and would prove it. */
  later?: string;
  /** What the chosen components cannot give, and say so. */
  gap?: string;
}

type Entry = string | Omit<Row, 'id' | 'area'>;

/** Every row, in the order in which they are read. */
export const ROWS: Row[] = Object.entries(read('rows.yaml') as Record<string, Record<string, Entry>>).flatMap(
  ([area, rows]) =>
    Object.entries(rows).map(([id, entry]) => ({
      id,
      area,
      ...(typeof entry === 'string' ? { what: entry } : entry),
    })),
);

export interface Control {
  row: string;
  what: string;
  scenario?: string;
  file: string;
  /** Absent: the file is deleted. */
  from?: string;
  to?: string;
  /** The rule of `verify` that finds it. */
  rule: string;
}

export const CONTROLS = read('controls.yaml') as Control[];

/** Ids of the rows that a title names: `[np-dns] …`. */
export const rowsOf = (title: string): string[] =>
  [...title.matchAll(/\[([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\]/g)].map((match) => match[1]!);

function read(file: string): unknown {
  return parse(readFileSync(path.join(import.meta.dirname, file), 'utf8'));
}
