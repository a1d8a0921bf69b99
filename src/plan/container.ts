import type { Service } from '../blueprint/service.ts';
import type { ServicePortPlan } from '../types/service-plan.ts';
import { probes } from './probes.ts';

type KubernetesObject = Record<string, unknown>;
type Version = NonNullable<Service['versions']>[number];
type Env = Service['env'];
type Use = Service['secrets'][number] | Service['configMaps'][number];

/** Room for a JVM to start, and an end to what one pod can take; both are the user's to change. */
const RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '512Mi' } };
const API_TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The service's main container, hardened: no root, no capabilities, nothing writable but what is declared. */
export function container(service: Service, ports: ServicePortPlan[], version?: Version): KubernetesObject {
  const { command, args } = { ...service, ...definedOf(version) };
  const env = { ...service.env, ...version?.env };
  const uses = consumed(service, version);
  const mounts = volumeMounts(service, version);
  return {
    name: service.name,
    image: version?.image ?? service.image,
    ...(command && { command }),
    ...(args && { args }),
    ...(ports.length && { ports: containerPorts(ports) }),
    ...envOf(env, uses),
    ...probes(service, ports),
    resources: service.resources ?? RESOURCES,
    securityContext: securityContext(service),
    ...(mounts.length && { volumeMounts: mounts }),
  };
}

/** Two ports of a Service may lead to one of the container. */
function containerPorts(ports: ServicePortPlan[]): KubernetesObject[] {
  const distinct = new Map(
    ports.map((one) => [`${one.targetPort}/${one.protocol}`, one]).reverse() as [string, ServicePortPlan][],
  );
  return [...distinct.values()]
    .reverse()
    .map((one) => ({ name: one.name, containerPort: one.targetPort, protocol: one.protocol }));
}

export function initContainers(service: Service): KubernetesObject[] {
  const mounts = service.writable.map((one, index) => ({ name: `writable-${index}`, mountPath: one.path }));
  return service.initContainers.map(({ name, image, command, args, env, resources }) => ({
    name,
    image,
    ...(command && { command }),
    ...(args && { args }),
    ...envOf(env, []),
    resources: resources ?? RESOURCES,
    securityContext: securityContext(service),
    ...(mounts.length && { volumeMounts: mounts }),
  }));
}

function securityContext(service: Service): KubernetesObject {
  const add = service.root?.capabilities ?? [];
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], ...(add.length && { add }) },
  };
}

function definedOf(version?: Version) {
  return {
    ...(version?.command && { command: version.command }),
    ...(version?.args && { args: version.args }),
  };
}

type Consumed = { kind: 'secret' | 'configMap'; volume: string; use: Use };

function consumed(service: Service, version?: Version): Consumed[] {
  const secrets = [...service.secrets, ...(version?.secrets ?? [])];
  return [
    ...secrets.map((use, index) => ({ kind: 'secret' as const, volume: `secret-${index}`, use })),
    ...service.configMaps.map((use, index) => ({
      kind: 'configMap' as const,
      volume: `config-${index}`,
      use,
    })),
  ];
}

function envOf(env: Env, uses: Consumed[]): KubernetesObject {
  const plain = Object.entries(env).map(([name, value]) => ({
    name,
    ...(typeof value === 'string' ? { value } : { valueFrom: downward(value) }),
  }));
  const fromKeys = uses.flatMap(({ kind, use }) =>
    typeof use.env === 'object'
      ? Object.entries(use.env).map(([name, key]) => ({
          name,
          valueFrom: { [`${kind}KeyRef`]: { name: use.name, key, ...optional(use) } },
        }))
      : [],
  );
  const whole = uses
    .filter(({ use }) => use.env === 'all')
    .map(({ kind, use }) => ({ [`${kind}Ref`]: { name: use.name, ...optional(use) } }));
  return {
    ...(plain.length + fromKeys.length && { env: [...plain, ...fromKeys] }),
    ...(whole.length && { envFrom: whole }),
  };
}

const optional = (use: Use) => (use.optional ? { optional: true } : {});

function downward(value: { field: string } | { resource: string }): KubernetesObject {
  return 'field' in value
    ? { fieldRef: { fieldPath: value.field } }
    : { resourceFieldRef: { resource: value.resource } };
}

/** A Secret that is read neither as environment nor at a named path lies at `/etc/secrets/<name>`; a ConfigMap at `/etc/config/<name>`. */
function mountPath({ kind, use }: Consumed): string | undefined {
  if (use.mount) return use.mount;
  return use.env ? undefined : `/etc/${kind === 'secret' ? 'secrets' : 'config'}/${use.name}`;
}

function volumeMounts(service: Service, version?: Version): KubernetesObject[] {
  return [
    ...consumed(service, version).flatMap((one) => {
      const path = mountPath(one);
      return path ? [{ name: one.volume, mountPath: path, readOnly: true }] : [];
    }),
    ...service.writable.map((one, index) => ({ name: `writable-${index}`, mountPath: one.path })),
    ...service.storage.map((one, index) => ({ name: `storage-${index}`, mountPath: one.path })),
    ...(service.kubernetesApi.length
      ? [{ name: 'kubernetes-api', mountPath: API_TOKEN_PATH, readOnly: true }]
      : []),
  ];
}

/** Volumes of the pod; persistent ones come from the StatefulSet's claim templates. */
export function podVolumes(service: Service, version?: Version): KubernetesObject[] {
  return [
    ...consumed(service, version)
      .filter(mountPath)
      .map(({ kind, volume, use }) => {
        const items = use.files && Object.entries(use.files).map(([key, path]) => ({ key, path }));
        const named =
          kind === 'secret'
            ? { secret: { secretName: use.name, ...(items && { items }), ...optional(use) } }
            : { configMap: { name: use.name, ...(items && { items }), ...optional(use) } };
        return { name: volume, ...named };
      }),
    ...service.writable.map((one, index) => ({
      name: `writable-${index}`,
      emptyDir: { ...(one.medium && { medium: one.medium }), sizeLimit: one.size },
    })),
    ...(service.kubernetesApi.length ? [apiToken()] : []),
  ];
}

/** What `automountServiceAccountToken` would mount, for this container alone. */
function apiToken(): KubernetesObject {
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  return { name: 'kubernetes-api', projected: { sources } };
}
