/** Markdown as prettier leaves it: cells of tables padded, no two blank lines, one newline at the end. Fenced code stays as it is. */
export function formatMarkdown(markdown: string): string {
  return tidy(alignTables(markdown));
}

/** Pads the cells of every table, so that rows rendered from data of any length stand in columns. */
export function alignTables(markdown: string): string {
  const out: string[] = [];
  let table: string[] = [];
  const close = () => {
    out.push(...(isTable(table) ? align(table) : table));
    table = [];
  };
  for (const { line, fenced } of linesOf(markdown)) {
    if (!fenced && /^\s*\|/.test(line)) table.push(line);
    else {
      if (table.length) close();
      out.push(line);
    }
  }
  close();
  return out.join('\n');
}

/** Blank lines that a condition or a loop left behind go. */
export function tidy(markdown: string): string {
  const out: string[] = [];
  for (const { line, fenced } of linesOf(markdown)) {
    if (fenced) out.push(line);
    else if (line.trim()) out.push(line.trimEnd());
    else if (out.length && out.at(-1)) out.push('');
  }
  return `${out.join('\n').trimEnd()}\n`;
}

/** Lines, and whether each belongs to fenced code, the fences themselves included. */
function* linesOf(markdown: string): Generator<{ line: string; fenced: boolean }> {
  let fence = '';
  for (const line of markdown.split('\n')) {
    const mark = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    if (!fence && mark) {
      fence = mark[1]!;
      yield { line, fenced: true };
    } else {
      yield { line, fenced: fence !== '' };
      if (mark && mark[1]!.startsWith(fence) && fence && !mark[2]!.trim()) fence = '';
    }
  }
}

const isTable = (lines: string[]) => lines.length > 1 && /^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(lines[1]!);

type Alignment = 'left' | 'right' | 'center' | 'none';

function align(lines: string[]): string[] {
  const indent = /^\s*/.exec(lines[0]!)![0];
  const rows = lines.map(cellsOf);
  const alignments = rows[1]!.map(alignmentOf);
  const widths = alignments.map((_, column) =>
    Math.max(3, ...rows.map((row, index) => (index === 1 ? 0 : width(row[column] ?? '')))),
  );
  return rows.map((row, index) => {
    const cells =
      index === 1
        ? widths.map((size, column) => rule(size, alignments[column]!))
        : row.map((cell, column) => pad(cell, widths[column]!, alignments[column]!));
    return `${indent}| ${cells.join(' | ')} |`;
  });
}

/** A pipe divides cells, in code too, unless a backslash stands before it. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function alignmentOf(cell: string): Alignment {
  if (cell.startsWith(':')) return cell.endsWith(':') ? 'center' : 'left';
  return cell.endsWith(':') ? 'right' : 'none';
}

function rule(size: number, alignment: Alignment): string {
  const start = alignment === 'left' || alignment === 'center' ? ':' : '-';
  const end = alignment === 'right' || alignment === 'center' ? ':' : '-';
  return `${start}${'-'.repeat(size - 2)}${end}`;
}

function pad(cell: string, size: number, alignment: Alignment): string {
  const blanks = Math.max(0, size - width(cell));
  const before = alignment === 'right' ? blanks : alignment === 'center' ? Math.floor(blanks / 2) : 0;
  return `${' '.repeat(before)}${cell}${' '.repeat(blanks - before)}`;
}

const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/gu;
const ZERO = /\p{Mn}|\p{Cf}/gu;

/** Columns that a text takes in a terminal. */
function width(text: string): number {
  // Letters, dashes and arrows of our own pages: the rest needs classes that are slow to compile.
  if (/^[\u0020-\u007e\u00a1-\u02ff\u2010-\u2027\u2190-\u21ff]*$/.test(text)) return text.length;
  const plain = text.replaceAll(EMOJI, '  ').replaceAll(ZERO, '').replaceAll(WIDE, '  ');
  return [...plain].length;
}
