import type { Finding } from '../model.ts';
import { hasFindings } from '../run.ts';
import { countByArea, countOf, type Counts, type Report } from './summary.ts';
import type { VerifyDocument } from './schema.ts';

/** What `verify --json` prints, by the schema in `schema.ts`. */
export function toJson(report: Report): VerifyDocument {
  const { model, verdict, strict, version } = report;
  const { rules, objects, layers, pairs } = verdict;
  const { name, gaps, pending } = model.declared;
  const fixes = new Map(report.rules.map((rule) => [rule.id, rule.fix]));
  return {
    tool: { name: 'create-zero-trust', version },
    name,
    strict,
    clean: !hasFindings(verdict),
    counts: { ...counts(countOf(verdict.findings)), suppressed: verdict.suppressed.length },
    areas: countByArea(report).map((one) => ({ area: one.area, rules: one.rules, ...counts(one.counts) })),
    looked: { rules, objects, layers, pairs },
    findings: verdict.findings.map((one) => entry(one, fixes)),
    suppressed: verdict.suppressed.map((one) => ({ ...entry(one, fixes), reason: one.reason })),
    gaps: gaps.map(({ id, control, items, reason }) => ({ id, control, items, reason })),
    pending: pending.map(({ id, what, command }) => ({ id, what, command })),
  };
}

const counts = ({ error, warning, note }: Counts) => ({ errors: error, warnings: warning, notes: note });

function entry(finding: Finding, fixes: Map<string, string>) {
  const { rule, severity, file, position, object, message, fix } = finding;
  return {
    rule,
    severity,
    file,
    line: position?.line ?? null,
    column: position?.column ?? null,
    object: object ?? null,
    message,
    fix: fix ?? fixes.get(rule) ?? '',
  };
}
