import type { Model, Verdict } from '../model.ts';
import { areaOf } from './summary.ts';

/** A line of a file, as it may be shown. */
export interface Line {
  number: number;
  text: string;
  /** Whether the finding is about this one. */
  marked: boolean;
}

const WIDTH = 120;

/**
 * Returns how to show the lines around a place. Of files with a finding about secrets nothing is shown:
 * what a terminal, a log of CI or a report holds is no longer secret.
 */
export function excerpts({ files }: Model, { findings, suppressed }: Verdict) {
  const secret = new Set(
    [...findings, ...suppressed].filter((one) => areaOf(one.rule) === 'secrets').map((one) => one.file),
  );
  const split = new Map<string, string[]>();
  return (file: string, line: number | undefined): Line[] => {
    const text = files.get(file);
    if (line === undefined || text === undefined || secret.has(file)) return [];
    const lines = split.get(file) ?? text.split('\n');
    split.set(file, lines);
    return [line - 1, line, line + 1]
      .filter((number) => (lines[number - 1] ?? '').trim() !== '')
      .map((number) => ({ number, text: shown(lines[number - 1]!), marked: number === line }));
  };
}

const shown = (text: string) => {
  const clean = printable(text);
  return clean.length > WIDTH ? `${clean.slice(0, WIDTH)}…` : clean;
};

/** Without characters that move a cursor or turn the direction of writing: a file under review must not paint the terminal. */
export const printable = (text: string) =>
  text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
