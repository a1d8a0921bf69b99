import { connectivityOf } from './connectivity/connectivity.ts';
import type { Finding, Hit, Model, Rule, Severity, Verdict } from './model.ts';
import { RUN_RULES } from './run-rules.ts';
import { suppress } from './suppress.ts';

export interface RunOptions {
  /** Whether notes (what is pending, gaps) count: they become warnings. */
  strict: boolean;
}

/** Runs every rule over a repository. Findings are sorted by severity, file, line and rule, each once; the same model gives the same verdict. */
export function run(model: Model, rules: Rule[], { strict }: RunOptions): Verdict {
  const found = unique(rules.flatMap((rule) => findingsOf(rule, model, strict)));
  const { findings, suppressed } = suppress(found, model.files, new Set(rules.map((rule) => rule.id)));
  return {
    findings: findings.sort(compare),
    suppressed: suppressed.sort(compare),
    rules: rules.length,
    objects: model.objects.length,
    layers: model.layers.length,
    pairs: pairsOf(model),
  };
}

/** The pairs that the rules compared. A fault there is told by the rules that share it. */
function pairsOf(model: Model): number {
  try {
    return connectivityOf(model).looked.pairs;
  } catch {
    return 0;
  }
}

/** Whether there is something that must be mended: notes alone are no findings. */
export const hasFindings = ({ findings }: Verdict): boolean =>
  findings.some(({ severity }) => severity !== 'note');

function findingsOf(rule: Rule, model: Model, strict: boolean): Finding[] {
  const severity = strict && rule.severity === 'note' ? 'warning' : rule.severity;
  const findings: Finding[] = [];
  try {
    for (const hit of rule.check(model)) findings.push({ ...hit, rule: rule.id, severity });
  } catch (error) {
    findings.push(failure(rule, error));
  }
  return findings;
}

/** A rule that fails proves nothing: that is a finding, and no stack for the user. */
function failure(rule: Rule, error: unknown): Finding {
  const { id, severity, fix } = RUN_RULES.failed;
  const what = error instanceof Error ? error.message : String(error);
  const message = `${rule.id} could not finish: ${what.split('\n')[0]}`;
  return { rule: id, severity, file: 'zero-trust.yaml', message, fix };
}

function unique(findings: Finding[]): Finding[] {
  const byId = new Map(findings.map((one) => [identity(one), one]));
  return [...byId.values()];
}

const identity = ({ rule, file, position, object, message }: Finding) =>
  JSON.stringify([rule, file, position?.line, position?.column, object, message]);

const RANK: Record<Severity, number> = { error: 0, warning: 1, note: 2 };
const line = ({ position }: Hit) => position?.line ?? 0;
const column = ({ position }: Hit) => position?.column ?? 0;

function compare(a: Finding, b: Finding): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    byText(a.file, b.file) ||
    line(a) - line(b) ||
    byText(a.rule, b.rule) ||
    column(a) - column(b) ||
    byText(identity(a), identity(b))
  );
}

const byText = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
