import type { Plan } from '../types/plan.ts';
import { policyStages } from './stages.ts';

/** An item of a `[…]` segment: what the segment becomes, and the names its template reads. */
export interface Item {
  segment: string;
  data: Record<string, unknown>;
}
export type Parents = Record<string, unknown>;
export type View = Omit<Plan, 'files' | 'layers' | 'diagrams'>;

export const named = <T extends { name: string }>(
  key: string,
  list: T[],
  segment: (one: T) => string = (one) => one.name,
): Item[] => list.map((one) => ({ segment: segment(one), data: { [key]: one } }));

/** What each `[…]` segment of a template's path stands for; a segment after `[service]` or `[namespace]` is about that one. */
export const ITEMS: Record<string, (plan: View, parents: Parents) => Item[]> = {
  cluster: (plan) => [{ segment: plan.name, data: {} }],
  namespace: (plan) => named('namespace', plan.namespaces),
  'denied-namespace': (plan) =>
    named(
      'namespace',
      plan.namespaces.filter((one) => one.stages.network === 'enforce'),
    ),
  'policy-group': (_, { namespace }) =>
    (namespace as Plan['namespaces'][number]).policyGroups.map((group) => ({
      segment: `allow-${group.group}`,
      data: { policyGroup: group },
    })),
  'policy-stage': (plan) => stages(plan, (one) => one.stages.policies === 'audit'),
  'digest-stage': (plan) => stages(plan, (one) => one.stages.policies === 'audit' || !one.digests),
  service: (plan) => named('service', plan.services, (one) => one.folder),
  'rendered-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => !one.own) }, {}),
  workload: (_, { service }) =>
    named('workload', (service as Plan['services'][number]).workloads, (one) => one.file),
  'service-object': (_, { service }) =>
    (service as Plan['services'][number]).serviceNames.length ? [{ segment: 'service', data: {} }] : [],
  'disruption-budget': (_, { service }) =>
    (service as Plan['services'][number]).disruptionBudget
      ? [{ segment: 'disruption-budget', data: {} }]
      : [],
  route: (_, { service }) => named('route', (service as Plan['services'][number]).routes, (one) => one.file),
  callee: (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.callers.length) }, {}),
  'egress-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.egress.length) }, {}),
  'api-client': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.kubernetesApi.length) }, {}),
  'root-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.root) }, {}),
  host: (plan) =>
    plan.hosts.map((host) => ({ segment: host.listener.replace('https-', ''), data: { host } })),
  // A rule against leaving the mesh is for clusters that have one.
  'mesh-opt-out': (plan) => {
    const { labels, annotations } = plan.provides['mesh']!['optOut'] as {
      labels: unknown[];
      annotations: unknown[];
    };
    return labels.length || annotations.length ? [{ segment: 'mesh-opt-out', data: {} }] : [];
  },
  jwt: (plan) => (plan.gateway.jwt ? [{ segment: 'jwt', data: {} }] : []),
  'rate-limit': (plan) => (plan.gateway.rateLimit ? [{ segment: 'rate-limit', data: {} }] : []),
  'request-size': (plan) => (plan.gateway.maxRequestBody ? [{ segment: 'request-size', data: {} }] : []),
  // One gateway has one object for both limits.
  limits: ({ gateway }) =>
    gateway.rateLimit || gateway.maxRequestBody ? [{ segment: 'limits', data: {} }] : [],
  // With no registry known, the rule would refuse every image.
  'allowed-registries': (plan) =>
    plan.registries.length ? [{ segment: 'allowed-registries', data: {} }] : [],
  'image-signatures': (plan) =>
    plan.signatures ? [{ segment: 'image-signatures', data: { signatures: plan.signatures } }] : [],
  secret: (plan) =>
    named(
      'secret',
      plan.secrets.filter((one) => one.referred),
      (one) => `${one.namespace}/${one.name}`,
    ),
  'secret-namespace': (plan) => named('secretNamespace', plan.secretNamespaces),
  // What another cluster or a provider runs; nothing when its address is not given.
  outside: (plan) =>
    plan.outside
      .filter((one) => one.host && !one.inCluster)
      .map((one) => ({ segment: one.id, data: { outside: one } })),
  // Such a place that must ask the API server whether a token is genuine: it cannot look up the keys of the cluster's issuer.
  'asking-outside': (plan) =>
    plan.provides['distribution']!['publicIssuer'] ? [] : ITEMS['outside']!(plan, {}),
  'app-namespace': (plan) =>
    named(
      'namespace',
      plan.namespaces.filter((one) => one.kind === 'app'),
    ),
  viewer: (plan) => access(plan, 'viewer'),
  developer: (plan) => access(plan, 'developer'),
  'route-editor': (plan) => access(plan, 'route-editor'),
  'gateway-admin': (plan) => access(plan, 'gateway-admin'),
  'on-call': (plan) => access(plan, 'on-call'),
  auditor: (plan) => access(plan, 'auditor'),
  // The API server's files are for clusters whose API server one starts oneself.
  audit: (plan) => apiServerFile(plan, 'audit'),
  encryption: (plan) => apiServerFile(plan, 'encryption'),
  release: (plan) => named('release', plan.releases, (one) => one.file),
  'config-map': (plan) => named('configMap', plan.configMaps, (one) => `${one.namespace}-${one.name}`),
};

/** A role for people is rendered when somebody has it. */
const access = (plan: View, role: string): Item[] =>
  plan.access
    .filter((one) => one.role === role)
    .map(({ bindings }) => ({ segment: role, data: { bindings } }));

function apiServerFile(plan: View, folder: string): Item[] {
  const folders = plan.provides['distribution']!['apiServerFiles'] as string[];
  return folders.includes(folder) ? [{ segment: folder, data: {} }] : [];
}

function stages(plan: View, isAudited: (namespace: Plan['namespaces'][number]) => boolean): Item[] {
  const audited = plan.namespaces
    .filter((one) => one.kind === 'app' && isAudited(one))
    .map((one) => one.name);
  const roots = plan.services.filter((one) => one.root);
  return policyStages(plan.exempt, audited, roots).map((stage) => ({
    segment: stage.suffix,
    data: { policyStage: stage },
  }));
}
