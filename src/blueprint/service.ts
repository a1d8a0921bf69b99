import * as z from 'zod';
import {
  absolutePath,
  groupName,
  image,
  label,
  labelKey,
  labelValue,
  port,
  quantity,
  serviceName,
} from './fields.ts';
import { apiAccess, appProtocol, call, egress, entry, portReference, servicePort } from './connections.ts';
import {
  configMapUse,
  container,
  dataKey,
  group,
  initContainer,
  probe,
  resources,
  root,
  secretUse,
  storage,
  text,
  user,
  version,
  writable,
} from './container.ts';

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
const groups = z.array(groupName).default([]);

export const namespace = z.strictObject({
  name: label,
  labels: z.record(labelKey, labelValue).default({}),
  /** Groups of people, as the identity provider names them, and what they may do here. */
  groups: z
    .strictObject({ viewers: groups, developers: groups, routeEditors: groups })
    .default({ viewers: [], developers: [], routeEditors: [] }),
  /** What all pods together may request; what is left out is derived from the services. */
  quota: z
    .strictObject({ cpu: quantity.optional(), memory: quantity.optional(), pods: z.int().min(1).optional() })
    .default({}),
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
