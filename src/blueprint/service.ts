import * as z from 'zod';
import {
  absolutePath,
  cidr,
  host,
  image,
  label,
  labelKey,
  labelValue,
  port,
  portName,
  quantity,
  routePath,
  serviceName,
  text as plainText,
  variable,
} from './fields.ts';

const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
const appProtocol = z.enum([
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
const text = z.union([plainText, z.number(), z.boolean()]).transform(String);
const date = z.iso.date('write the date as 2027-01-31');

const servicePort = z.strictObject({
  name: portName.optional(),
  port,
  targetPort: port.optional(),
  protocol: protocol.default('TCP'),
  appProtocol: appProtocol.optional(),
});

/** Kubernetes, "Downward API": fields and resources that an environment variable may hold. */
const FIELD =
  /^(metadata\.(name|namespace|uid|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;
const RESOURCE = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/;
const environmentValue = z.union([
  text,
  z.strictObject({
    field: z.string().regex(FIELD, 'is no field that the downward API knows, for example metadata.name'),
  }),
  z.strictObject({
    resource: z
      .string()
      .regex(RESOURCE, 'is no resource that the downward API knows, for example limits.memory'),
  }),
]);
const environment = z.record(variable, environmentValue);

/** How the keys of a Secret or ConfigMap reach the containers. */
const consumption = {
  /** Variable name → key, or `all` for every key under its own name. */
  env: z.union([z.literal('all'), z.record(variable, z.string())]).optional(),
  mount: absolutePath.optional(),
  /** Key → file name below `mount`. */
  files: z.record(z.string(), z.string()).optional(),
};

const dataKey = z
  .string()
  .max(253)
  .regex(/^[-._A-Za-z0-9]+$/, 'use letters, digits, "-", "_" and "."')
  .refine((key) => key !== '.' && !key.startsWith('..'), 'must not start with ".."');
const secretUse = z.strictObject({
  name: label,
  keys: z.array(dataKey).min(1),
  /** Whether the pods start without it. */
  optional: z.boolean().default(false),
  ...consumption,
});
const configMapUse = z.strictObject({ name: label, optional: z.boolean().default(false), ...consumption });

const writable = z.strictObject({
  path: absolutePath,
  size: quantity.default('64Mi'),
  medium: z.enum(['Memory']).optional(),
});
const storage = z.strictObject({ path: absolutePath, size: quantity, class: label.optional() });

const amounts = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  'ephemeral-storage': quantity.optional(),
});
const resources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });

const timings = {
  delay: z.int().min(0).optional(),
  period: z.int().min(1).optional(),
  timeout: z.int().min(1).optional(),
  failures: z.int().min(1).optional(),
};
const portReference = z.union([port, portName]);
const probe = z.union(
  [
    z.strictObject({
      http: absolutePath,
      port: portReference.optional(),
      headers: z.record(z.string().regex(/^[-A-Za-z0-9]+$/, 'is no name of a header'), plainText).optional(),
      ...timings,
    }),
    z.strictObject({ grpc: z.union([port, z.literal(true)]), service: z.string().optional(), ...timings }),
    z.strictObject({ tcp: z.union([portReference, z.literal(true)]), ...timings }),
    z.strictObject({ exec: z.array(z.string()).min(1), ...timings }),
  ],
  { error: 'give one of http: /path, grpc: true, tcp: true, exec: [command]' },
);

const root = z.strictObject({
  reason: plainText.min(1),
  owner: plainText.min(1),
  expires: date,
  capabilities: z.array(z.string().regex(/^[A-Z_]+$/)).default([]),
});

const user = z
  .int()
  .min(1, 'user 0 is root: say so with root: { reason, owner, expires }')
  .refine((id) => id !== 1337, {
    message: 'user 1337 is reserved for mesh proxies, whose traffic is not redirected',
  });

const group = z.int().min(1, "group 0 is root's");

const container = {
  image,
  command: z.array(text).optional(),
  args: z.array(text).optional(),
  env: environment.default({}),
};
const initContainer = z.strictObject({
  name: label,
  ...container,
  resources: resources.optional(),
});

const call = z.strictObject({
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

const egress = z.union(
  [
    z.strictObject({ host, port, protocol: protocol.default('TCP') }),
    z.strictObject({ cidr, port, protocol: protocol.default('TCP'), except: z.array(cidr).optional() }),
  ],
  { error: 'give host and port, or cidr and port' },
);

const entry = z.strictObject({
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
});

const apiAccess = z.strictObject({
  apiGroup: z.string().default(''),
  resources: z.array(z.string().regex(/^[^*]+$/, 'name the resources: no wildcard')).min(1),
  names: z.array(z.string()).optional(),
  verbs: z.array(z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'])).min(1),
});

const version = z.strictObject({
  name: label,
  ...container,
  image,
  env: environment.optional(),
  replicas: z.int().min(0).optional(),
  secrets: z.array(secretUse).optional(),
});

/** One declared service: what runs, who may call it, and what it may reach. */
export const service = z.strictObject({
  name: serviceName,
  namespace: label.default('apps'),
  manifests: z.enum(['rendered', 'own']).default('rendered'),
  /** Pod labels of a workload that the user keeps (`manifests: own`). */
  selector: z.record(labelKey, labelValue).optional(),
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']).default('Deployment'),
  schedule: z
    .string()
    .regex(/^\S+( \S+){4}$|^@\w+$/, 'write a cron schedule of five fields')
    .optional(),
  ...container,
  image: image.optional(),
  versions: z.array(version).min(1).optional(),
  replicas: z.int().min(0).optional(),
  port: port.optional(),
  ports: z.array(servicePort).min(1).optional(),
  appProtocol: appProtocol.optional(),
  aliases: z.array(serviceName).default([]),
  secrets: z.array(secretUse).default([]),
  configMaps: z.array(configMapUse).default([]),
  writable: z
    .array(z.union([absolutePath.transform((path) => writable.parse({ path })), writable]))
    .default([]),
  storage: z.array(storage).default([]),
  resources: resources.optional(),
  runAs: z
    .strictObject({ user: user.optional(), group: group.optional(), fsGroup: group.optional() })
    .optional(),
  root: root.optional(),
  probes: z
    .strictObject({ readiness: probe.optional(), liveness: probe.optional(), startup: probe.optional() })
    .default({}),
  initContainers: z.array(initContainer).default([]),
  labels: z.record(labelKey, labelValue).default({}),
  annotations: z.record(labelKey, text).default({}),
  serviceAccount: z
    .strictObject({ name: label.optional(), annotations: z.record(labelKey, text).default({}) })
    .default({ annotations: {} }),
  terminationGracePeriod: z.int().min(0).optional(),
  serviceLinks: z.boolean().default(false),
  expose: z.union([entry.transform((one) => [one]), z.array(entry)]).default([]),
  calls: z.array(call).default([]),
  callers: z.enum(['declared', 'everyone']).default('declared'),
  egress: z.array(egress).default([]),
  kubernetesApi: z.array(apiAccess).default([]),
  metrics: z.strictObject({ port: portReference, path: absolutePath.default('/metrics') }).optional(),
  /** Merged into the rendered workload: maps by key, lists by `name`, null deletes. */
  patch: z.record(z.string(), z.unknown()).optional(),
});

export const configMap = z.strictObject({
  name: label,
  namespace: label.default('apps'),
  data: z.record(dataKey, text),
});

const stage = z.enum(['audit', 'enforce']);
export const namespace = z.strictObject({
  name: label,
  labels: z.record(labelKey, labelValue).default({}),
  /** What each control does here: `audit` reports, `enforce` refuses. */
  stages: z
    .strictObject({
      podSecurity: stage.default('enforce'),
      policies: stage.default('enforce'),
      network: stage.default('enforce'),
    })
    .default({ podSecurity: 'enforce', policies: 'enforce', network: 'enforce' }),
});

export type Service = z.output<typeof service>;
export type ServiceInput = z.input<typeof service>;
export type Namespace = z.output<typeof namespace>;
export type ConfigMap = z.output<typeof configMap>;
export type Probe = z.output<typeof probe>;
export type Call = z.output<typeof call>;
