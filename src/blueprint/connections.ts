import * as z from 'zod';
import { absolutePath, cidr, host, label, port, portName, routePath } from './fields.ts';

const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
export const appProtocol = z.enum([
  'http',
  'http2',
  'grpc',
  'tcp',
  'tls',
  'redis',
  'mongo',
  'mysql',
  'postgres',
  'amqp',
  'kafka',
  'udp',
]);
export const portReference = z.union([port, portName]);

export const servicePort = z.strictObject({
  name: portName.optional(),
  port,
  targetPort: port.optional(),
  protocol: protocol.default('TCP'),
  appProtocol: appProtocol.optional(),
});

export const call = z.strictObject({
  to: z.string().min(1),
  port: portReference.optional(),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .optional(),
  paths: z
    .array(absolutePath.regex(/^[^*]*\*?$/, 'a "*" may only stand at the end'))
    .min(1)
    .optional(),
  optional: z.boolean().default(false),
});

export const egress = z.union(
  [
    z.strictObject({ host, port, protocol: protocol.default('TCP') }),
    z.strictObject({ cidr, port, protocol: protocol.default('TCP'), except: z.array(cidr).optional() }),
  ],
  { error: 'give host and port, or cidr and port' },
);

export const entry = z.strictObject({
  /** `api` below the domain, `@` for the domain itself, `*` for every name below it, or a full name. */
  host: z.string().check((context) => {
    const { value } = context;
    if (value === '@' || value === '*') return;
    const result = (/[.:]/.test(value) ? host : label).safeParse(value);
    if (!result.success)
      context.issues.push({ code: 'custom', message: result.error.issues[0]!.message, input: value });
  }),
  paths: z.array(routePath).min(1).default(['/']),
  match: z.enum(['prefix', 'exact']).default('prefix'),
  port: portReference.optional(),
  timeout: z
    .string()
    .regex(/^\d+(ms|s|m)$/, 'write 30s or 500ms')
    .optional(),
  /** Headers of every response beside the usual ones; null leaves a usual one to the service. */
  responseHeaders: z
    .record(
      z
        .string()
        .max(256)
        .regex(/^[-A-Za-z0-9!#$%&'*+.^_`|~]+$/, 'is no name of a header'),
      z
        .string()
        .max(4096)
        .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'holds characters that a header cannot have')
        .nullable(),
    )
    .refine(
      (headers) => Object.keys(headers).length <= 12,
      'a route sets 16 headers at most, 4 of them by default',
    )
    .default({}),
});

/** Cluster-wide kinds: a Role in a namespace would allow nothing of them. */
const CLUSTER_WIDE =
  /^(nodes|namespaces|persistentvolumes|clusterroles|clusterrolebindings|storageclasses|customresourcedefinitions|ingressclasses|priorityclasses)(\/|$)/;

export const apiAccess = z.strictObject({
  apiGroup: z.string().default(''),
  resources: z
    .array(
      z
        .string()
        .regex(/^[^*]+$/, 'name the resources: no wildcard')
        .refine((name) => !CLUSTER_WIDE.test(name), 'is no resource of a namespace: a Role cannot allow it'),
    )
    .min(1),
  names: z.array(z.string()).optional(),
  verbs: z.array(z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'])).min(1),
});
