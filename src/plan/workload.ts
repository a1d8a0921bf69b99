import type { Service } from '../blueprint/service.ts';
import type { ServicePortPlan, WorkloadPlan } from '../types/service-plan.ts';
import { merge } from './merge.ts';
import { matching } from './ports.ts';
import { container, initContainers, podVolumes } from './container.ts';

type Version = NonNullable<Service['versions']>[number];
type KubernetesObject = Record<string, unknown>;

/** The service's hardened workloads, one per version, with the user's patch merged in. */
export function workloads(service: Service, ports: ServicePortPlan[]): WorkloadPlan[] {
  if (service.manifests === 'own') return [];
  return (service.versions ?? [undefined]).map((version) => workload(service, ports, version));
}

function workload(service: Service, ports: ServicePortPlan[], version?: Version): WorkloadPlan {
  const name = version ? `${service.name}-${version.name}` : service.name;
  const object = merge(
    kubernetesObject(service, ports, name, version),
    service.patch ?? {},
  ) as KubernetesObject;
  const kind = service.kind.toLowerCase();
  const images = [version?.image ?? service.image ?? '', ...service.initContainers.map((one) => one.image)];
  return { file: version ? `${kind}-${version.name}` : kind, name, object, images };
}

/** Labels that select the service's pods. */
export function podLabels(service: Service): Record<string, string> {
  return service.selector ?? { app: service.name };
}

function kubernetesObject(
  service: Service,
  ports: ServicePortPlan[],
  name: string,
  version?: Version,
): KubernetesObject {
  const labels = {
    ...podLabels(service),
    'app.kubernetes.io/name': service.name,
    ...(version && { version: version.name }),
    ...service.labels,
  };
  const selector = { matchLabels: { ...podLabels(service), ...(version && { version: version.name }) } };
  const found = annotations(service, ports);
  const template = {
    metadata: { labels, ...(Object.keys(found).length && { annotations: found }) },
    spec: podSpec(service, ports, version),
  };
  const metadata = { name, namespace: service.namespace, labels };
  switch (service.kind) {
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata,
        spec: {
          schedule: service.schedule,
          concurrencyPolicy: 'Forbid',
          jobTemplate: { spec: { backoffLimit: 2, template } },
        },
      };
    case 'Job':
      return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { backoffLimit: 2, template } };
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } };
    case 'StatefulSet':
      return {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          serviceName: service.name,
          replicas: replicas(service, version),
          selector,
          template,
          ...claims(service),
        },
      };
    default:
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { replicas: replicas(service, version), selector, template },
      };
  }
}

/** Two pods by default, so that a node can be drained; one for what keeps state. */
export function replicas(service: Service, version?: Version): number {
  return (
    version?.replicas ??
    service.replicas ??
    (service.kind === 'Deployment' && service.storage.length === 0 && !service.versions ? 2 : 1)
  );
}

function podSpec(service: Service, ports: ServicePortPlan[], version?: Version): KubernetesObject {
  const init = initContainers(service);
  const volumes = podVolumes(service, version);
  return {
    serviceAccountName: service.serviceAccount.name ?? service.name,
    automountServiceAccountToken: false,
    enableServiceLinks: service.serviceLinks,
    ...(service.kind.endsWith('Job') && { restartPolicy: 'Never' }),
    ...(service.terminationGracePeriod !== undefined && {
      terminationGracePeriodSeconds: service.terminationGracePeriod,
    }),
    securityContext: {
      ...(service.root ? { runAsUser: 0 } : { runAsNonRoot: true }),
      ...(service.runAs?.user && { runAsUser: service.runAs.user }),
      ...(service.runAs?.group && { runAsGroup: service.runAs.group }),
      ...(service.runAs?.fsGroup && { fsGroup: service.runAs.fsGroup }),
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(init.length && { initContainers: init }),
    containers: [container(service, ports, version)],
    ...(volumes.length && { volumes }),
  };
}

/** Scrapers find a service's metrics by these, and so does a mesh that serves them beside its own. */
function annotations(service: Service, ports: ServicePortPlan[]): Record<string, string> {
  const { metrics } = service;
  const port = metrics && matching(ports, metrics.port)?.targetPort;
  const scrape = metrics && {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(port ?? metrics.port),
    'prometheus.io/path': metrics.path,
  };
  return { ...scrape, ...service.annotations };
}

function claims(service: Service): KubernetesObject {
  if (service.storage.length === 0) return {};
  const volumeClaimTemplates = service.storage.map((one, index) => ({
    metadata: { name: `storage-${index}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(one.class && { storageClassName: one.class }),
      resources: { requests: { storage: one.size } },
    },
  }));
  return { volumeClaimTemplates };
}
