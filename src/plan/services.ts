import type { Service } from '../blueprint/service.ts';
import type { InputValue } from '../types/catalog.ts';
import type { Endpoint, Flow } from '../types/connections.ts';
import type { CallerPlan, DestinationPlan, ServicePlan } from '../types/service-plan.ts';
import { ref } from './endpoints.ts';
import { findService } from './graph.ts';
import { planRoutes } from './hosts.ts';
import { interpolate } from './interpolate.ts';
import { findPort, type Ports } from './ports.ts';
import { podLabels, replicas, workloads } from './workload.ts';

interface Context {
  services: Service[];
  ports: Ports;
  flows: Flow[];
  domain: string;
  /** How the mesh writes an identity, with `{namespace}` and `{serviceAccount}`. */
  identity: string;
  inputs: Record<string, InputValue | null>;
}

/** What templates read about each service. */
export function planServices(context: Context): ServicePlan[] {
  const names = new Map<string, number>();
  for (const { name } of context.services) names.set(name, (names.get(name) ?? 0) + 1);
  const incoming = new Map<string, Flow[]>();
  for (const flow of context.flows) {
    const known = incoming.get(flow.to.id);
    if (known) known.push(flow);
    else incoming.set(flow.to.id, [flow]);
  }
  return context.services.map((service) =>
    planService(service, { ...context, names }, incoming.get(ref(service)) ?? []),
  );
}

function planService(
  service: Service,
  context: Context & { names: Map<string, number> },
  incoming: Flow[],
): ServicePlan {
  const { name, namespace, kind } = service;
  const shared = context.names.get(name)! > 1;
  const ports = context.ports.get(ref(service)) ?? [];
  const account = service.serviceAccount.name ?? name;
  return {
    name,
    folder: shared ? `${namespace}-${name}` : name,
    namespace,
    kind,
    own: service.manifests === 'own',
    labels: podLabels(service),
    serviceAccount: { name: account, annotations: service.serviceAccount.annotations },
    identity: identityOf(context, namespace, account),
    ports,
    serviceNames: ports.length ? [name, ...service.aliases] : [],
    headless: kind === 'StatefulSet' && service.expose.length === 0,
    workloads: workloads(service, ports),
    routes: planRoutes(service, context.ports, context.domain, context.inputs['securityHeaders'] === true),
    disruptionBudget: service.manifests !== 'own' && kind === 'Deployment' && replicas(service) > 1,
    kubernetesApi: service.kubernetesApi.map((one) => ({ ...one, names: one.names ?? [] })),
    callers: incoming
      .filter((flow) => flow.group !== 'platform' && flow.protocol === 'TCP')
      .map((flow) => caller(flow, context)),
    calls: calls(service, context),
    egress: destinations(service),
    secrets: [
      ...new Set(
        [...service.secrets, ...(service.versions ?? []).flatMap((one) => one.secrets ?? [])].map(
          (one) => one.name,
        ),
      ),
    ],
    root: service.root ?? null,
    metrics: service.metrics
      ? {
          port: findPort(context.ports, service, service.metrics.port).targetPort,
          path: service.metrics.path,
        }
      : null,
  };
}

function identityOf(context: Context, namespace: string, serviceAccount: string): string {
  return interpolate(context.identity, { ...context.inputs, namespace, serviceAccount });
}

function caller(flow: Flow, context: Context): CallerPlan {
  const from: Endpoint = flow.from;
  const kind = from.id === 'gateway' ? 'gateway' : Object.keys(from.labels).length ? 'service' : 'namespace';
  return {
    name: kind === 'namespace' ? from.namespace : from.id.split('/').at(-1)!,
    kind,
    namespace: from.namespace,
    identity: identityOf(context, from.namespace, from.serviceAccount),
    port: flow.port,
    rules: flow.rules,
  };
}

/** One entry per host or network: a mesh knows each name once. */
function destinations(service: Service): DestinationPlan[] {
  const found = new Map<string, DestinationPlan>();
  for (const one of service.egress.filter(({ protocol }) => protocol === 'TCP')) {
    const [host, cidr] = 'host' in one ? [one.host, ''] : ['', one.cidr];
    const known = found.get(host || cidr) ?? { host, cidr, ports: [], web: true };
    known.ports = [...new Set([...known.ports, one.port])];
    known.web = known.ports.every((port) => port === 80 || port === 443);
    found.set(host || cidr, known);
  }
  return [...found.values()];
}

function calls(service: Service, context: Context): ServicePlan['calls'] {
  return service.calls.flatMap((call) => {
    const target = findService(context.services, service, call.to);
    if (!target) return [];
    const rules =
      call.methods || call.paths ? [{ methods: call.methods ?? [], paths: call.paths ?? [] }] : [];
    return [
      {
        to: target.name,
        namespace: target.namespace,
        port: findPort(context.ports, target, call.port).port,
        rules,
      },
    ];
  });
}
