import type { Area, Finding, Model, Severity, Verdict } from '../model.ts';
import type { RuleText } from '../run-rules.ts';

/** All that a form of output may tell. */
export interface Report {
  model: Model;
  verdict: Verdict;
  /** Every rule that can be named by a finding, in the order of areas. */
  rules: RuleText[];
  strict: boolean;
  /** Of the tool. */
  version: string;
}

export const AREAS: Record<Area, string> = {
  reach: 'GitOps reaches every file',
  order: 'The order from an empty cluster works out',
  select: 'What is referred to exists',
  graph: 'Who may call whom is what is declared',
  enforce: 'Controls enforce',
  secrets: 'No secret in plain text',
  fresh: 'Versions are current',
  verify: 'The check itself',
};

export type Counts = Record<Severity, number>;

/** How many findings of each severity. */
export function countOf(findings: Finding[]): Counts {
  const counts: Counts = { error: 0, warning: 0, note: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** Counts per area, of areas that have a rule or a finding. */
export function countByArea({ verdict, rules }: Report): { area: Area; rules: number; counts: Counts }[] {
  return (Object.keys(AREAS) as Area[])
    .map((area) => ({
      area,
      rules: rules.filter((rule) => rule.area === area).length,
      counts: countOf(verdict.findings.filter((one) => areaOf(one.rule) === area)),
    }))
    .filter(({ rules: some }) => some > 0);
}

/** The area of a rule by its id, `area/what`. */
export const areaOf = (rule: string) => rule.split('/')[0] as Area;

/** `1 error`, `2 errors`. */
export const plural = (count: number, noun: string) =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** `2 errors, 1 warning, 0 notes`. */
export const countText = ({ error, warning, note }: Counts) =>
  `${plural(error, 'error')}, ${plural(warning, 'warning')}, ${plural(note, 'note')}`;

/** What was looked at, in words. */
export const scopeText = ({ rules, objects, layers, pairs }: Verdict) =>
  [
    plural(rules, 'rule'),
    plural(objects, 'object'),
    plural(layers, 'layer'),
    ...(pairs ? [`${plural(pairs, 'pair')} of pods`] : []),
  ].join(', ');
