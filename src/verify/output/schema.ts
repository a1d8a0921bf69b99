import * as z from 'zod';

const count = z.int().min(0);
const counts = z.strictObject({ errors: count, warnings: count, notes: count });
const position = z.int().min(1).nullable();

const finding = z.strictObject({
  rule: z.string().describe('area/what; docs/verify.md has a section for each'),
  severity: z
    .enum(['error', 'warning', 'note'])
    .describe('notes do not count; with --strict they are warnings'),
  file: z.string().describe('path in the repository, forward slashes'),
  line: position.describe('counts from 1; null when the finding is about the whole file'),
  column: position.describe('counts from 1'),
  object: z.string().nullable().describe('Kind namespace/name'),
  message: z.string(),
  fix: z.string().describe('a command or a change that mends it'),
});

/** What `verify --json` prints. */
export const documentSchema = z.strictObject({
  tool: z.strictObject({ name: z.literal('create-zero-trust'), version: z.string() }),
  name: z.string().describe("the cluster's name"),
  strict: z.boolean(),
  clean: z.boolean().describe('whether the command ends with exit code 0'),
  counts: counts.extend({ suppressed: count }),
  areas: z.array(counts.extend({ area: z.string(), rules: count })),
  looked: z.strictObject({ rules: count, objects: count, layers: count, pairs: count }),
  findings: z.array(finding).describe('sorted by severity, file, line, rule'),
  suppressed: z
    .array(finding.extend({ reason: z.string() }))
    .describe('findings that a comment in the file ignores, with the reason given there'),
  gaps: z
    .array(
      z.strictObject({ id: z.string(), control: z.string(), items: z.array(z.string()), reason: z.string() }),
    )
    .describe('declared controls that no chosen component enforces'),
  pending: z
    .array(z.strictObject({ id: z.string(), what: z.string(), command: z.string() }))
    .describe('what only you can supply and have not yet'),
});

export type VerifyDocument = z.infer<typeof documentSchema>;

/** The JSON Schema of what `verify --json` prints. */
export const verifySchema = (): object => ({
  ...z.toJSONSchema(documentSchema),
  title: 'create-zero-trust verify --json',
});
