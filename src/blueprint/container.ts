import * as z from 'zod';
import { portReference } from './connections.ts';
import { absolutePath, image, label, port, quantity, text as plainText, variable } from './fields.ts';

export const text = z.union([plainText, z.number(), z.boolean()]).transform(String);
const date = z.iso.date('write the date as 2027-01-31');

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

export const dataKey = z
  .string()
  .max(253)
  .regex(/^[-._A-Za-z0-9]+$/, 'use letters, digits, "-", "_" and "."')
  .refine((key) => key !== '.' && !key.startsWith('..'), 'must not start with ".."');
export const secretUse = z.strictObject({
  name: label,
  keys: z.array(dataKey).min(1),
  /** Whether the pods start without it. */
  optional: z.boolean().default(false),
  ...consumption,
});
export const configMapUse = z.strictObject({
  name: label,
  optional: z.boolean().default(false),
  ...consumption,
});

export const writable = z.strictObject({
  path: absolutePath,
  size: quantity.default('64Mi'),
  medium: z.enum(['Memory']).optional(),
});
export const storage = z.strictObject({ path: absolutePath, size: quantity, class: label.optional() });

const amounts = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  'ephemeral-storage': quantity.optional(),
});
export const resources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });

const timings = {
  delay: z.int().min(0).optional(),
  period: z.int().min(1).optional(),
  timeout: z.int().min(1).optional(),
  failures: z.int().min(1).optional(),
};
export const probe = z.union(
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

/** Words for a page and a comment: nothing that Markdown would read. */
const sentence = plainText
  .min(1)
  .regex(/^[^*_[\]<>|`\r\n]+$/, 'write plain words on one line, without * _ [ ] < > | and `');

export const root = z.strictObject({
  reason: sentence,
  owner: sentence,
  expires: date,
  capabilities: z.array(z.string().regex(/^[A-Z_]+$/)).default([]),
});

/** What mesh proxies run as: traffic of this user and group bypasses them (Istio, "Application Requirements"). */
const PROXY = 1337;

export const user = z
  .int()
  .min(1, 'user 0 is root: say so with root: { reason, owner, expires }')
  .refine((id) => id !== PROXY, {
    message: 'user 1337 is reserved for mesh proxies, whose traffic is not redirected',
  });

export const group = z
  .int()
  .min(1, "group 0 is root's")
  .refine((id) => id !== PROXY, 'group 1337 is reserved for mesh proxies, whose traffic is not redirected');

export const container = {
  image,
  command: z.array(text).optional(),
  args: z.array(text).optional(),
  env: environment.default({}),
};
export const initContainer = z.strictObject({
  name: label,
  ...container,
  resources: resources.optional(),
});

export const version = z.strictObject({
  name: label,
  ...container,
  image,
  env: environment.optional(),
  replicas: z.int().min(0).optional(),
  secrets: z.array(secretUse).optional(),
});
