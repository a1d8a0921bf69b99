import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import type { Component, FlowSpec } from '../types/catalog.ts';
import type { Endpoint, Flow, FlowGroup, HttpRule } from '../types/plan.ts';
import { outsideEndpoint, PLACES, ref } from './endpoints.ts';
import { findPort, type Ports } from './ports.ts';

/** What flows are resolved against. */
export interface Graph {
  services: Service[];
  ports: Ports;
  /** Endpoints of services and components by id. */
  endpoints: Map<string, Endpoint>;
  /** Ports of components' endpoints, by endpoint and port name. */
  componentPorts: Record<string, Record<string, number>>;
  /** Several endpoints under one name: `owned`, `apps`, `meshed`. */
  groups: Record<string, Endpoint[]>;
  /** The namespace whose pods collect metrics, when there is one. */
  scraper: Endpoint | undefined;
  nodeLocalDns: boolean;
}

/** Ports on which an API server is reached: its Service's, and kubeadm's. */
const API_SERVER_PORTS = [443, 6443];
/** The address that NodeLocal DNSCache listens on (kubernetes.io, "Using NodeLocal DNSCache in Kubernetes Clusters"). */
const NODE_LOCAL_DNS = '169.254.20.10/32';

/** Every allowed connection, those of components and those of services, resolved once for all readers. */
export function resolveFlows(components: Component[], graph: Graph): Flow[] {
  return [
    ...components.flatMap((component) =>
      component.flows.flatMap((flow) => componentFlows(flow, component, graph)),
    ),
    ...(graph.nodeLocalDns ? nodeLocalFlows(graph) : []),
    ...graph.services.flatMap((service) => serviceFlows(service, graph)),
  ];
}

function componentFlows(spec: FlowSpec, component: Component, graph: Graph): Flow[] {
  const owner = component.slot === 'base' ? 'base' : `${component.slot}/${component.name}`;
  const ends = (name: string) => {
    const found =
      graph.groups[name] ??
      (name in PLACES ? [PLACES[name as keyof typeof PLACES]] : graph.endpoints.get(name));
    if (!found) throw new Error(`${owner}: a flow names ${name}, which is no endpoint`);
    return [found].flat();
  };
  return ends(spec.from).flatMap((from) =>
    ends(spec.to).flatMap((to) =>
      portsOf(spec, graph.componentPorts).map((port) => ({
        from,
        to,
        port,
        protocol: spec.protocol ?? 'TCP',
        rules: [],
        group: groupOf(from, to),
        owner,
        why: spec.why,
      })),
    ),
  );
}

function portsOf(spec: FlowSpec, named: Graph['componentPorts']): number[] {
  if (spec.to === 'api-server') return API_SERVER_PORTS;
  if (typeof spec.port === 'number') return [spec.port];
  const port = named[spec.to]?.[spec.port];
  if (port === undefined) throw new Error(`the endpoint ${spec.to} has no port ${spec.port}`);
  return [port];
}

function nodeLocalFlows(graph: Graph): Flow[] {
  const to = outsideEndpoint({ cidr: NODE_LOCAL_DNS });
  return (graph.groups['owned'] ?? []).flatMap((from) =>
    (['UDP', 'TCP'] as const).map((protocol) => ({
      from,
      to,
      port: 53,
      protocol,
      rules: [],
      group: 'dns' as const,
      owner: 'base',
      why: 'names are resolved by the cache on the node',
    })),
  );
}

function serviceFlows(service: Service, graph: Graph): Flow[] {
  const own = graph.endpoints.get(ref(service))!;
  const base = { protocol: 'TCP' as const, rules: [], owner: own.id };
  const flows: Flow[] = [];
  for (const port of new Set(
    service.expose.map((entry) => findPort(graph.ports, service, entry.port).targetPort),
  )) {
    flows.push({
      ...base,
      from: graph.endpoints.get('gateway')!,
      to: own,
      port,
      group: 'gateway',
      why: `requests from outside to ${service.name}`,
    });
  }
  flows.push(...callFlows(service, own, graph));
  if (service.callers === 'everyone') flows.push(...everyone(service, own, graph));
  for (const target of service.egress) {
    const to = outsideEndpoint(target);
    flows.push({
      ...base,
      from: own,
      to,
      port: target.port,
      protocol: target.protocol,
      group: 'egress',
      why: `${service.name} reaches ${to.id}`,
    });
  }
  if (service.kubernetesApi.length) {
    const to = PLACES['api-server'];
    flows.push(
      ...API_SERVER_PORTS.map((port) => ({
        ...base,
        from: own,
        to,
        port,
        group: 'egress' as const,
        why: `${service.name} reads the Kubernetes API`,
      })),
    );
  }
  if (service.metrics && graph.scraper) {
    const { targetPort } = findPort(graph.ports, service, service.metrics.port);
    flows.push({
      ...base,
      from: graph.scraper,
      to: own,
      port: targetPort,
      group: 'platform',
      why: `metrics of ${service.name}`,
    });
  }
  return flows;
}

/** Calls to one port of one service become one flow; a call without rules allows every request. */
function callFlows(service: Service, own: Endpoint, graph: Graph): Flow[] {
  const flows = new Map<string, Flow>();
  for (const call of service.calls) {
    const target = findService(graph.services, service, call.to);
    if (!target) continue;
    const { targetPort, protocol } = findPort(graph.ports, target, call.port);
    const to = graph.endpoints.get(ref(target))!;
    const key = `${to.id} ${targetPort} ${protocol}`;
    const rules: HttpRule[] =
      call.methods || call.paths ? [{ methods: call.methods ?? [], paths: call.paths ?? [] }] : [];
    const known = flows.get(key);
    const all =
      known && (known.rules.length === 0 || rules.length === 0) ? [] : [...(known?.rules ?? []), ...rules];
    flows.set(key, {
      from: own,
      to,
      port: targetPort,
      protocol,
      rules: all,
      group: 'inter-service',
      owner: own.id,
      why: `${service.name} calls ${target.name}`,
    });
  }
  return [...flows.values()];
}

function everyone(service: Service, to: Endpoint, graph: Graph): Flow[] {
  return (graph.groups['apps'] ?? []).flatMap((from) =>
    (graph.ports.get(ref(service)) ?? []).map(({ targetPort, protocol }) => ({
      from,
      to,
      port: targetPort,
      protocol,
      rules: [],
      group: 'inter-service' as const,
      owner: to.id,
      why: `every service may call ${service.name}`,
    })),
  );
}

/** The service that `name` or `namespace/name` means, seen from another service. */
export function findService(services: Service[], from: Service, to: string): Service | undefined {
  const wanted = to.includes('/') ? to : `${from.namespace}/${to}`;
  return index(services).get(wanted);
}

const indexes = new WeakMap<Service[], Map<string, Service>>();
function index(services: Service[]): Map<string, Service> {
  const known = indexes.get(services) ?? new Map(services.map((service) => [ref(service), service]));
  indexes.set(services, known);
  return known;
}

function groupOf(from: Endpoint, to: Endpoint): FlowGroup {
  if (to.id === 'cluster-dns') return 'dns';
  if (from.id === 'gateway' || to.id === 'gateway') return 'gateway';
  return 'platform';
}

/** A host name may be reached only where the network flavour can name hosts, or where wide egress is consented to. */
export function checkHostEgress(services: Service[], canNameHosts: boolean, consented: boolean): void {
  if (canNameHosts || consented) return;
  const wanting = services.flatMap((service) =>
    service.egress.flatMap((one) => ('host' in one ? [`services.${service.name}.egress: ${one.host}`] : [])),
  );
  if (wanting.length === 0) return;
  const why =
    'a NetworkPolicy cannot name hosts; give the network (cidr), or open the port to every public address with inputs.wideEgress: true (--wide-egress)';
  throw new UserError(wanting.map((text) => `${text}: ${why}`).join('\n'), 2);
}
