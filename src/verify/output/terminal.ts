import { styleText } from 'node:util';
import type { Finding, Severity, Suppressed } from '../model.ts';
import { excerpts, printable, type Line } from './excerpt.ts';
import { countByArea, countOf, countText, scopeText, type Report } from './summary.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const STYLES: Record<Severity, Style> = { error: 'red', warning: 'yellow', note: 'blue' };

/** The verdict for people: findings by file with an excerpt and the fix, what is ignored, then counts per area. */
export function toText(report: Report, { colour }: { colour: boolean }): string {
  const paint: Paint = colour
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_, text) => text;
  const { findings, suppressed } = report.verdict;
  return [
    ...byFile(findings, report, paint),
    ...ignored(suppressed, paint),
    ...counts(report, paint),
    `${countText(countOf(findings))}; ${suppressed.length} ignored. Looked at ${scopeText(report.verdict)}.`,
    '',
  ].join('\n');
}

function byFile(findings: Finding[], report: Report, paint: Paint): string[] {
  const lines = excerpts(report.model, report.verdict);
  const fixes = new Map(report.rules.map((rule) => [rule.id, rule.fix]));
  // The sort is by severity first; a file comes where its worst finding is.
  const files = [...new Set(findings.map((one) => one.file))];
  return files.flatMap((file) => [
    paint('bold', printable(file)),
    ...findings
      .filter((one) => one.file === file)
      .flatMap((one) => [
        ...heading(one, paint),
        ...excerpt(lines(file, one.position?.line), one, paint),
        ...indented(`fix: ${one.fix ?? fixes.get(one.rule)}`).map((line) => paint('green', line)),
      ]),
    '',
  ]);
}

function heading({ rule, severity, position, object, message }: Finding, paint: Paint): string[] {
  const place = position ? `${position.line}:${position.column} ` : '';
  const about = object && !message.includes(object) ? `${object}: ` : '';
  return [
    `  ${place}${paint(STYLES[severity], severity)} ${paint('dim', rule)}`,
    ...indented(`${about}${message}`),
  ];
}

function excerpt(lines: Line[], { position }: Finding, paint: Paint): string[] {
  const width = String(lines.at(-1)?.number ?? '').length;
  return lines.flatMap(({ number, text, marked }) => {
    const gutter = `      ${String(number).padStart(width)} | `;
    const caret = `${' '.repeat(6 + width)} | ${' '.repeat((position?.column ?? 1) - 1)}^`;
    return [paint(marked ? 'reset' : 'dim', `${gutter}${text}`), ...(marked ? [paint('red', caret)] : [])];
  });
}

const indented = (text: string) =>
  printable(text)
    .split('\n')
    .map((line) => `    ${line}`);

function ignored(suppressed: Suppressed[], paint: Paint): string[] {
  if (suppressed.length === 0) return [];
  const lines = suppressed.map(
    ({ file, position, rule, reason }) =>
      `  ${printable(`${file}${position ? `:${position.line}` : ''}`)} ${paint('dim', rule)} ${printable(reason)}`,
  );
  return [paint('bold', 'Ignored, with the reason given in the file'), ...lines, ''];
}

function counts(report: Report, paint: Paint): string[] {
  const row = (cells: (string | number)[]) =>
    cells.map((cell, index) => (index ? String(cell).padStart(9) : String(cell).padEnd(9))).join('');
  const rows = countByArea(report).map(({ area, rules, counts: { error, warning, note } }) =>
    row([area, rules, error, warning, note]),
  );
  return [paint('bold', row(['area', 'rules', 'errors', 'warnings', 'notes'])), ...rows, ''];
}
