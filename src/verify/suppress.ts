import { didYouMean } from '../suggest.ts';
import type { Files } from '../types/files.ts';
import type { Finding, Suppressed } from './model.ts';
import { RUN_RULES, type RuleText } from './run-rules.ts';

/** `# zero-trust: ignore RULE reason`, and the lines that it speaks of. */
interface Directive {
  file: string;
  line: number;
  rule: string;
  reason: string;
  from: number;
  to: number;
}

const PATTERN = /(?:^|\s)#\s*zero-trust:\s*ignore(?![^\s])\s*(\S*)\s*(.*)$/;

/**
 * Takes out the findings that a comment in the YAML ignores with a reason: on the finding's line, above it,
 * or at the head of its document. Comments that ignore nothing, or without a reason, become findings.
 *
 * @param known ids of the rules that can be ignored
 */
export function suppress(
  found: Finding[],
  files: Files,
  known: ReadonlySet<string>,
): { findings: Finding[]; suppressed: Suppressed[] } {
  const directives = [...files].flatMap(([file, text]) => (isYaml(file) ? directivesIn(file, text) : []));
  const byFile = new Map<string, Directive[]>();
  for (const one of directives) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  const used = new Set<Directive>();
  const suppressed: Suppressed[] = [];
  const findings = found.filter((finding) => {
    const line = finding.position?.line ?? 1;
    const directive = byFile
      .get(finding.file)
      ?.find((one) => one.rule === finding.rule && one.reason && one.from <= line && line <= one.to);
    if (!directive) return true;
    used.add(directive);
    suppressed.push({ ...finding, reason: directive.reason });
    return false;
  });
  return {
    findings: [...findings, ...directives.flatMap((one) => complaint(one, used, known))],
    suppressed,
  };
}

function complaint(directive: Directive, used: Set<Directive>, known: ReadonlySet<string>): Finding[] {
  const { rule, reason } = directive;
  const of = (text: RuleText, message: string): Finding[] => [
    {
      rule: text.id,
      severity: text.severity,
      file: directive.file,
      position: { line: directive.line, column: 1 },
      message,
      fix: text.fix,
    },
  ];
  if (!known.has(rule))
    return of(
      RUN_RULES.unknown,
      rule
        ? `"${rule}" is no rule that can be ignored.${didYouMean(rule, [...known])}`
        : 'The comment names no rule.',
    );
  if (!reason) return of(RUN_RULES.reason, `${rule} is ignored without a reason, so it is not ignored.`);
  return used.has(directive) ? [] : of(RUN_RULES.unused, `${rule} finds nothing here.`);
}

const isYaml = (file: string) => /\.ya?ml$/i.test(file);

function directivesIn(file: string, text: string): Directive[] {
  if (!text.includes('zero-trust:')) return [];
  const lines = text.split('\n');
  return lines.flatMap((content, index) => {
    const [, rule, reason] = PATTERN.exec(content) ?? [];
    if (rule === undefined || reason === undefined) return [];
    return { file, line: index + 1, rule, reason: reason.trim(), ...scope(lines, index) };
  });
}

/** The lines of a comment at `index`: its own, the one below a block of comments, or all of the document that it heads. */
function scope(lines: string[], index: number): { from: number; to: number } {
  const next = lines.findIndex((line, at) => at >= index && !isComment(line));
  const below = next === -1 ? lines.length : next;
  const start = lines.findLastIndex((line, at) => at < index && isBoundary(line)) + 1;
  const isHead = lines.slice(start, index).every((line) => isComment(line) || line.trim() === '');
  if (!isComment(lines[index]!) || !isHead) return { from: index + 1, to: below + 1 };
  const end = lines.findIndex((line, at) => at > index && isBoundary(line));
  return { from: start + 1, to: end === -1 ? lines.length : end };
}

const isComment = (line: string) => line.trimStart().startsWith('#');
const isBoundary = (line: string) => /^---(\s|$)/.test(line);
