import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Hit, Model, Rule, Severity } from '../../src/verify/model.ts';
import { toJson } from '../../src/verify/output/json.ts';
import { toSarif } from '../../src/verify/output/sarif.ts';
import { documentSchema, verifySchema } from '../../src/verify/output/schema.ts';
import type { Report } from '../../src/verify/output/summary.ts';
import { toText } from '../../src/verify/output/terminal.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULE_TEXTS, RULES } from '../../src/verify/rules/all.ts';
import { hasFindings, run } from '../../src/verify/run.ts';
import { catalog, generate } from '../support.ts';

const FILE = 'apps/shop/web.yaml';
/** Line 4 is about the name, line 8 begins a second document. */
const YAML = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports: []
---
apiVersion: v1
kind: Service
metadata:
  name: other
`;

let base: Model;
beforeAll(() => {
  const blueprint = { name: 'my-cluster' };
  const { files } = generate(blueprint);
  base = readModel(new Map([...files, ['zero-trust.yaml', 'name: my-cluster\n']]), catalog);
});

const model = (yaml = YAML): Model => ({ ...base, files: new Map([[FILE, yaml]]) });

function rule(id: string, hits: Hit[] | (() => Iterable<Hit>), severity: Severity = 'error'): Rule {
  const check = typeof hits === 'function' ? hits : () => hits;
  return { id, area: 'enforce', severity, title: 'T', why: 'W', fix: 'mend it', check };
}

const at = (line: number, message = `line ${line}`, file = FILE): Hit => ({
  file,
  position: { line, column: 3 },
  object: 'Service shop/web',
  message,
});

const verdictOf = (rules: Rule[], yaml?: string, strict = false) => run(model(yaml), rules, { strict });

function reportOf(rules: Rule[], yaml?: string, strict = false): Report {
  const texts = [...rules, ...RULE_TEXTS];
  return {
    model: model(yaml),
    verdict: verdictOf(rules, yaml, strict),
    rules: texts,
    strict,
    version: '1.2.3',
  };
}

describe('a run', () => {
  test('sorts by severity, file, line and rule, whatever order rules find things in', () => {
    const rules = [
      rule('enforce/note', [at(1)], 'note'),
      rule('enforce/b', [at(4), at(2), at(4, 'x', 'a.yaml')]),
      rule('enforce/warning', [at(1)], 'warning'),
      rule('enforce/a', [at(4)]),
    ];
    const order = ({ findings }: ReturnType<typeof run>) =>
      findings.map((one) => `${one.severity} ${one.file} ${one.position?.line} ${one.rule}`);
    const wanted = [
      'error a.yaml 4 enforce/b',
      `error ${FILE} 2 enforce/b`,
      `error ${FILE} 4 enforce/a`,
      `error ${FILE} 4 enforce/b`,
      `warning ${FILE} 1 enforce/warning`,
      `note ${FILE} 1 enforce/note`,
    ];
    expect(order(verdictOf(rules))).toEqual(wanted);
    expect(order(verdictOf(rules.reverse()))).toEqual(wanted);
  });

  test('tells the same thing once', () => {
    expect(verdictOf([rule('enforce/a', [at(4), at(4), at(4, 'another')])]).findings).toHaveLength(2);
  });

  test('a rule that fails is a finding without a stack, and what it found before counts', () => {
    const broken = rule('enforce/broken', function* () {
      yield at(4);
      throw new TypeError("reading 'x'\n    at somewhere");
    });
    const { findings } = verdictOf([broken, rule('enforce/a', [at(2)])]);
    expect(findings.map((one) => one.rule)).toEqual(['enforce/a', 'enforce/broken', 'verify/rule-failed']);
    expect(findings[2]!.message).toBe("enforce/broken could not finish: reading 'x'");
  });

  test.each([
    ['note', false, false],
    ['note', true, true],
    ['warning', false, true],
    ['error', false, true],
  ] as const)('a %s, strict %s, counts: %s', (severity, strict, counts) => {
    expect(hasFindings(verdictOf([rule('enforce/a', [at(4)], severity)], YAML, strict))).toBe(counts);
  });
});

describe('a comment that ignores', () => {
  const found = [rule('enforce/a', [at(4)]), rule('enforce/b', [at(11)])];
  const ignore = (place: string, comment: string) => YAML.replace(place, comment);
  const outcome = (yaml: string, rules = found) => {
    const { findings, suppressed } = verdictOf(rules, yaml);
    return { rules: findings.map((one) => one.rule), reasons: suppressed.map((one) => one.reason) };
  };

  test('on the line', () => {
    const yaml = ignore('  name: web', '  name: web # zero-trust: ignore enforce/a moved in May');
    expect(outcome(yaml)).toEqual({ rules: ['enforce/b'], reasons: ['moved in May'] });
  });

  test('on the line above, among other comments', () => {
    const comments = '  # zero-trust: ignore enforce/a agreed with ops\n  # the shop\n  name: web';
    const rules = [rule('enforce/a', [at(6)])];
    expect(outcome(ignore('  name: web', comments), rules)).toEqual({
      rules: [],
      reasons: ['agreed with ops'],
    });
  });

  test('two lines above it ignores nothing, and that is said', () => {
    const yaml = ignore('kind: Service', 'kind: Service # zero-trust: ignore enforce/a agreed');
    expect(outcome(yaml)).toEqual({
      rules: ['enforce/a', 'enforce/b', 'verify/ignore-unused'],
      reasons: [],
    });
  });

  test('at the head of a document, in that one only', () => {
    const head = (rule: string) => `---\n# The other service\n# zero-trust: ignore ${rule} legacy\n`;
    const shifted = [rule('enforce/a', [at(4)]), rule('enforce/b', [at(13)])];
    expect(outcome(ignore('---\n', head('enforce/b')), shifted)).toEqual({
      rules: ['enforce/a'],
      reasons: ['legacy'],
    });
    expect(outcome(ignore('---\n', head('enforce/a')), shifted).rules).toEqual([
      'enforce/a',
      'enforce/b',
      'verify/ignore-unused',
    ]);
  });

  test('at the head of the file, about the whole file', () => {
    const yaml = `# zero-trust: ignore enforce/a kept for the audit\n${YAML}`;
    const rules = [rule('enforce/a', [{ file: FILE, message: 'all of it' }])];
    expect(outcome(yaml, rules)).toEqual({ rules: [], reasons: ['kept for the audit'] });
  });

  test('without a reason it counts for nothing and is a finding', () => {
    const yaml = ignore('  name: web', '  name: web # zero-trust: ignore enforce/a');
    expect(outcome(yaml)).toEqual({ rules: ['enforce/a', 'verify/ignore-reason', 'enforce/b'], reasons: [] });
  });

  test('with a misspelt rule it is a finding that names the near one', () => {
    const yaml = ignore('  name: web', '  name: web # zero-trust: ignore enforce/aa because');
    const { findings } = verdictOf(found, yaml);
    expect(findings.map((one) => one.rule)).toContain('verify/ignore-unknown');
    expect(findings.find((one) => one.rule === 'verify/ignore-unknown')).toMatchObject({
      file: FILE,
      position: { line: 4 },
      message: expect.stringContaining('Did you mean "enforce/a"?'),
    });
  });

  test('what a run itself finds cannot be ignored', () => {
    const yaml = `# zero-trust: ignore verify/ignore-unknown no\n${YAML}`;
    expect(outcome(yaml, []).rules).toEqual(['verify/ignore-unknown']);
  });
});

describe('on a terminal', () => {
  const rules = [rule('enforce/a', [{ ...at(4), fix: 'rename it' }]), rule('enforce/b', [at(11)], 'warning')];

  test('findings by file with an excerpt and the fix, then counts', () => {
    const text = toText(reportOf(rules), { colour: false });
    expect(text).toContain(
      [
        FILE,
        '  4:3 error enforce/a',
        '    Service shop/web: line 4',
        '      3 | metadata:',
        '      4 |   name: web',
        '        |   ^',
        '      5 | spec:',
        '    fix: rename it',
        '  11:3 warning enforce/b',
      ].join('\n'),
    );
    expect(text).toMatch(/^enforce +\d+ +1 +1 +0$/m);
    expect(text).toContain('1 error, 1 warning, 0 notes; 0 ignored. Looked at 2 rules, ');
    expect(text).not.toContain('\u001b');
  });

  test('in colour where it is asked for', () => {
    expect(toText(reportOf(rules), { colour: true })).toContain('\u001b[31merror\u001b[39m');
  });

  test('what is ignored is listed with its reason', () => {
    const yaml = YAML.replace('name: web', 'name: web # zero-trust: ignore enforce/a agreed');
    expect(toText(reportOf(rules, yaml), { colour: false })).toContain(`  ${FILE}:4 enforce/a agreed`);
  });

  test('a file cannot write escape codes to the terminal', () => {
    const yaml = YAML.replace('name: web', 'name: web\u001b[2J\u202e');
    const hostile = [rule('enforce/a', [{ ...at(4), message: 'a\u001b]0;x\u0007b', file: FILE }])];
    expect(toText(reportOf(hostile, yaml), { colour: false })).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  test('no line of a file with a secret is shown, whichever finding asks for it', () => {
    const yaml = YAML.replace('name: web', 'password: hunter2');
    const secret = { ...rule('secrets/plain', [at(4)]), area: 'secrets' as const };
    const report = reportOf([secret, rule('enforce/a', [at(5)])], yaml);
    expect(toText(report, { colour: false })).not.toContain('hunter2');
  });
});

describe('--json', () => {
  const yaml = YAML.replace('name: other', 'name: other # zero-trust: ignore enforce/b agreed');
  const rules = [rule('enforce/a', [at(4), { file: FILE, message: 'whole' }]), rule('enforce/b', [at(11)])];

  test('is as its schema says', () => {
    const document = toJson(reportOf(rules, yaml));
    expect(documentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(z.fromJSONSchema(verifySchema() as z.core.JSONSchema.JSONSchema).safeParse(document).success).toBe(
      true,
    );
  });

  test('holds every finding, with the fix of the rule where it has none of its own', () => {
    const document = toJson(reportOf(rules, yaml));
    expect(document).toMatchObject({
      name: 'my-cluster',
      clean: false,
      counts: { errors: 2, warnings: 0, notes: 0, suppressed: 1 },
      suppressed: [{ rule: 'enforce/b', line: 11, reason: 'agreed' }],
    });
    expect(document.findings).toEqual([
      {
        rule: 'enforce/a',
        severity: 'error',
        file: FILE,
        line: null,
        column: null,
        object: null,
        message: 'whole',
        fix: 'mend it',
      },
      {
        rule: 'enforce/a',
        severity: 'error',
        file: FILE,
        line: 4,
        column: 3,
        object: 'Service shop/web',
        message: 'line 4',
        fix: 'mend it',
      },
    ]);
    expect(document.areas).toContainEqual({
      area: 'enforce',
      rules: RULES.filter((one) => one.area === 'enforce').length + 2,
      errors: 2,
      warnings: 0,
      notes: 0,
    });
  });
});

describe('--sarif', () => {
  const text = z.strictObject({ text: z.string().min(1) });
  const level = z.enum(['error', 'warning', 'note']);
  /** What of the published structure is used: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json */
  const sarif = z.strictObject({
    $schema: z.url(),
    version: z.literal('2.1.0'),
    runs: z
      .array(
        z.strictObject({
          tool: z.strictObject({
            driver: z.strictObject({
              name: z.string(),
              semanticVersion: z.string(),
              rules: z.array(
                z.strictObject({
                  id: z.string(),
                  name: z.string().regex(/^\w+$/),
                  shortDescription: text,
                  fullDescription: text,
                  help: z.strictObject({ text: z.string(), markdown: z.string() }),
                  defaultConfiguration: z.strictObject({ level }),
                  properties: z.looseObject({ tags: z.array(z.string()) }),
                }),
              ),
            }),
          }),
          columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
          results: z.array(
            z.strictObject({
              ruleId: z.string(),
              ruleIndex: z.int().min(0),
              level,
              message: text,
              locations: z
                .array(
                  z.strictObject({
                    physicalLocation: z.strictObject({
                      artifactLocation: z.strictObject({
                        uri: z.string().regex(/^[\w%.~/()!*'-]+$/),
                        uriBaseId: z.literal('%SRCROOT%'),
                      }),
                      region: z.strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1) }),
                    }),
                    logicalLocations: z
                      .array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() }))
                      .optional(),
                  }),
                )
                .length(1),
              partialFingerprints: z.record(z.string(), z.string()),
              suppressions: z
                .array(z.strictObject({ kind: z.enum(['inSource', 'external']), justification: z.string() }))
                .optional(),
            }),
          ),
        }),
      )
      .length(1),
  });
  const runOf = (report: Report) => sarif.parse(toSarif(report)).runs[0]!;
  const rules = [rule('enforce/a', [at(4), { file: 'a b/#ü.yaml', message: 'odd path' }])];

  test('has the published structure, every rule with its help, and each result its rule', () => {
    const { tool, results } = runOf(reportOf(rules));
    expect(tool.driver.rules.map((one) => one.id)).toEqual(['enforce/a', ...RULE_TEXTS.map((one) => one.id)]);
    for (const one of results) expect(tool.driver.rules[one.ruleIndex]!.id).toBe(one.ruleId);
    expect(results.map((one) => one.locations[0]!.physicalLocation.artifactLocation.uri)).toEqual([
      'a%20b/%23%C3%BC.yaml',
      FILE,
    ]);
  });

  test('a fingerprint stays when lines above are added, and tells equal findings apart', () => {
    const prints = (line: number) =>
      runOf(reportOf([rule('enforce/a', [at(line, 'same'), at(line + 1, 'same')])])).results.map(
        (one) => one.partialFingerprints['primaryLocationLineHash'],
      );
    expect(prints(4)).toEqual(prints(9));
    expect(new Set(prints(4)).size).toBe(2);
  });

  test('what is ignored is suppressed in the source, with the reason', () => {
    const yaml = YAML.replace('name: web', 'name: web # zero-trust: ignore enforce/a agreed');
    const { results } = runOf(reportOf([rule('enforce/a', [at(4)])], yaml));
    expect(results).toMatchObject([{ suppressions: [{ kind: 'inSource', justification: 'agreed' }] }]);
  });
});

describe('rules', () => {
  test('have an id of their own, that begins with their area', () => {
    const ids = RULE_TEXTS.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, area } of RULE_TEXTS) expect(id).toMatch(new RegExp(`^${area}/[a-z0-9]+(-[a-z0-9]+)*$`));
  });

  test('say what, why and how to mend it', () => {
    for (const { id, title, why, fix } of RULE_TEXTS)
      for (const text of [title, why, fix]) {
        expect(text.length, id).toBeGreaterThan(8);
        expect(text, id).toMatch(/^\S.*\S$/);
      }
  });

  test('have a section each in the rendered documentation', () => {
    const page = generate({ name: 'my-cluster' }).files.get('docs/verify.md')!;
    expect([...page.matchAll(/^### (.*)$/gm)].map((match) => match[1]).sort()).toEqual(
      RULE_TEXTS.map((one) => one.id).sort(),
    );
  });
});
