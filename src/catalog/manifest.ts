import * as z from 'zod';
import type { Refusal } from '../types/catalog.ts';
import { INPUT_TYPES } from '../types/input-types.ts';
import type { ComponentManifest, SlotManifest } from './contract.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/);
const podSecurity = z.enum(['privileged', 'baseline', 'restricted']);
const strings = z.record(z.string(), z.string());
const ports = z.record(z.string(), z.int());
const protocol = z.enum(['TCP', 'UDP', 'SCTP']);

const input = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  label: z.string(),
  question: z.string().optional(),
  hint: z.string(),
  type: z.enum(INPUT_TYPES),
  options: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  default: z.union([z.string(), z.boolean(), z.array(z.string())]).optional(),
  order: z.number(),
  needs: z.array(z.string()).optional(),
  pending: z.string().optional(),
  pendingCommand: z.string().optional(),
});

const layer = z.strictObject({
  name,
  path: z.string(),
  after: z.array(name).default([]),
  source: z.strictObject({ url: z.string(), tag: z.string(), path: z.string() }).optional(),
  prune: z.boolean().optional(),
  wait: z.boolean().optional(),
  narrow: z.boolean().optional(),
  ready: z
    .array(z.strictObject({ apiVersion: z.string(), kind: z.string(), current: z.string() }))
    .optional(),
  why: z.string(),
});

/** Matches the whole text and no other: https://fluxcd.io/flux/components/source/ocirepositories/#keyless-verification */
const anchored = z.string().regex(/^\^.*\$$/);

const release = z.strictObject({
  name,
  layer: name,
  namespace: name,
  repository: z.string().regex(/^(https|oci):\/\/\S+[^/]$/),
  chart: z.string(),
  version: z.string(),
  after: z.array(name).optional(),
  verify: z.strictObject({ issuer: anchored, subject: anchored }).optional(),
  crds: z.enum(['CreateReplace', 'Skip']),
  driftIgnore: z.array(z.strictObject({ kind: z.string(), paths: z.array(z.string()) })).optional(),
});

const seal = z.strictObject({
  program: z.string(),
  args: z.array(z.string()),
  key: z.string(),
  install: z.string(),
  generateKeys: z.strictObject({
    program: z.string(),
    args: z.array(z.string()),
    publicFile: z.string(),
    publicPattern: z.string().optional(),
    privateFile: z.string(),
    install: z.string(),
  }),
});

const refer = z.strictObject({ needs: z.string(), command: z.string() });
const enforced = z.union([
  name.transform((capability) => ({ capability })),
  z.strictObject({ capability: name, unless: name }),
]);

const component = z.strictObject({
  label: z.string(),
  hint: z.string(),
  versions: strings.default({}),
  inputs: z.array(input).default([]),
  namespaces: z
    .record(
      name,
      z.strictObject({
        podSecurity,
        reason: z.string().optional(),
        labels: strings.optional(),
        annotations: strings.optional(),
      }),
    )
    .default({}),
  endpoints: z
    .record(
      name,
      z.union([
        z.strictObject({
          namespace: z.string(),
          labels: strings,
          ports: ports.optional(),
          serviceAccount: z.string().optional(),
        }),
        z.strictObject({ cidr: z.string(), ports: ports.optional() }),
      ]),
    )
    .default({}),
  outside: z
    .record(name, z.strictObject({ address: z.string(), networks: z.string().optional() }))
    .default({}),
  groups: z.record(name, z.array(name)).default({}),
  flows: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        port: z.union([z.string(), z.int()]),
        protocol: protocol.optional(),
        why: z.string(),
      }),
    )
    .default([]),
  layers: z.array(layer).default([]),
  brought: z.array(name).default([]),
  releases: z.array(release).default([]),
  secrets: z
    .array(
      z.strictObject({
        namespace: z.string(),
        name,
        keys: z.array(z.string()).min(1),
        generate: z.boolean().optional(),
        input: z.string().optional(),
        optional: z.boolean().optional(),
        reader: z.string(),
        restart: z
          .string()
          .regex(/^(deployment|statefulset|daemonset)\/[a-z0-9-]+$/)
          .optional(),
        why: z.string(),
      }),
    )
    .default([]),
  enforces: z.array(enforced).default([]),
  provides: z.record(z.string(), z.unknown()).default({}),
  decides: z.record(name, name).default({}),
  once: z.array(z.string()).default([]),
  seal: seal.optional(),
  refer: refer.optional(),
});

const slot = z.strictObject({
  label: z.string(),
  question: z.string(),
  order: z.number(),
  default: name,
  decidedBy: name.optional(),
  provides: z.array(z.string()).default([]),
  oneOf: z.array(z.string()).default([]),
  groups: z.array(name).default([]),
  parts: z.array(z.string()).default([]),
});

const refusal = z.strictObject({
  when: z.record(name, name),
  unless: z.record(name, name).optional(),
  reason: z.string(),
  instead: z.string(),
  evidence: z.string(),
});

/** Parses `component.yaml`; throws with the file's name and every problem. */
export const parseComponent = (file: string, value: unknown) =>
  parse(component, file, value) as ComponentManifest;
/** Parses `slot.yaml`; throws with the file's name and every problem. */
export const parseSlot = (file: string, value: unknown) => parse(slot, file, value) as SlotManifest;
/** Parses the list of combinations that are refused. */
export const parseRefusals = (file: string, value: unknown) =>
  parse(z.array(refusal), file, value ?? []) as Refusal[];

function parse<T>(schema: z.ZodType<T>, file: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${file}:\n${z.prettifyError(result.error)}`);
}
