import { createHash } from 'node:crypto';
import type { Finding, Severity, Suppressed } from '../model.ts';
import type { RuleText } from '../run-rules.ts';
import { AREAS, type Report } from './summary.ts';

const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', note: 'note' };

/**
 * SARIF 2.1.0 for code scanning.
 * Structure: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json;
 * what GitHub reads of it: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function toSarif({ verdict, rules, version }: Report): object {
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  const fingerprint = fingerprints();
  const all: (Finding | Suppressed)[] = [...verdict.findings, ...verdict.suppressed];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'create-zero-trust', semanticVersion: version, rules: rules.map(descriptor) },
        },
        columnKind: 'unicodeCodePoints',
        results: all.map((one) => result(one, index.get(one.rule), fingerprint(one))),
      },
    ],
  };
}

function descriptor({ id, area, severity, title, why, fix }: RuleText): object {
  return {
    id,
    name: id.replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\nFix: ${fix}`, markdown: `${why}\n\n**Fix:** ${fix}\n` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'kubernetes', area], area: AREAS[area] },
  };
}

function result(finding: Finding | Suppressed, ruleIndex: number | undefined, fingerprint: string): object {
  const { rule, severity, file, position, object, message, fix } = finding;
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVELS[severity],
    message: { text: fix ? `${message}\nFix: ${fix}` : message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: file.split('/').map(encodeURIComponent).join('/'),
            uriBaseId: '%SRCROOT%',
          },
          // GitHub shows no result without a region.
          region: { startLine: position?.line ?? 1, startColumn: position?.column ?? 1 },
        },
        ...(object && { logicalLocations: [{ fullyQualifiedName: object, kind: 'resource' }] }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint },
    ...('reason' in finding && { suppressions: [{ kind: 'inSource', justification: finding.reason }] }),
  };
}

/** A finding is the same one after lines above it moved: its position does not count. Equal ones are numbered. */
function fingerprints(): (finding: Finding) => string {
  const seen = new Map<string, number>();
  return ({ rule, file, object, message }) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([rule, file, object, message]))
      .digest('hex');
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return `${hash.slice(0, 16)}:${count}`;
  };
}
