import type { Component } from '../types/catalog.ts';
import type { Endpoint, Flow, FlowGroup } from '../types/connections.ts';
import type { FlowSpec } from '../types/flow-spec.ts';
import { outsideEndpoint, PLACES } from './endpoints.ts';
import { API_SERVER_PORTS, type Graph } from './graph.ts';
import { serviceFlows } from './service-flows.ts';

/** The address that NodeLocal DNSCache listens on (kubernetes.io, "Using NodeLocal DNSCache in Kubernetes Clusters"). */
const NODE_LOCAL_DNS = '169.254.20.10/32';

/** Every allowed connection, those of components and those of services, resolved once for all readers. */
export function resolveFlows(components: Component[], graph: Graph): Flow[] {
  return [
    ...components.flatMap((component) =>
      component.flows.flatMap((flow) => componentFlows(flow, component, graph)),
    ),
    ...components.flatMap((component) => scrapeFlows(component, graph)),
    ...(graph.nodeLocalDns ? nodeLocalFlows(graph) : []),
    ...graph.services.flatMap((service) => serviceFlows(service, graph)),
  ];
}

/** An endpoint's port of the name `metrics` is open to the namespace that collects them. */
function scrapeFlows(component: Component, { scraper: from, endpoints }: Graph): Flow[] {
  if (!from) return [];
  return Object.entries(component.endpoints).flatMap(([id, { ports }]) => {
    const to = endpoints.get(id)!;
    if (ports?.['metrics'] === undefined) return [];
    return [
      {
        from,
        to,
        port: ports['metrics'],
        protocol: 'TCP' as const,
        rules: [],
        group: groupOf(from, to),
        owner: ownerOf(component),
        why: `metrics of ${id}`,
      },
    ];
  });
}

const ownerOf = ({ slot, name }: Component) => (slot === 'base' ? 'base' : `${slot}/${name}`);

function componentFlows(spec: FlowSpec, component: Component, graph: Graph): Flow[] {
  const owner = ownerOf(component);
  return endsOf(spec.from, graph, owner).flatMap((from) =>
    endsOf(spec.to, graph, owner).flatMap((to) =>
      portsOf(spec, graph).map((port) => ({
        from,
        to,
        port,
        protocol: spec.protocol ?? 'TCP',
        rules: [],
        group: spec.port === 'dns' ? 'dns' : groupOf(from, to),
        owner,
        why: spec.why,
      })),
    ),
  );
}

/** The endpoints that a name of a component's stands for. */
export function endsOf(name: string, graph: Graph, owner: string): Endpoint[] {
  const named = graph.named[name];
  if (named) return named.flatMap((one) => endsOf(one, graph, owner));
  const found =
    graph.groups[name] ??
    graph.outside.get(name)?.ends ??
    (name in PLACES ? [PLACES[name as keyof typeof PLACES]] : graph.endpoints.get(name));
  if (!found) throw new Error(`${owner} names ${name}, which is no endpoint`);
  return [found].flat();
}

/** Ports on which something is reached from a place, sorted. */
export const portsFrom = (kind: Endpoint['kind'], flows: Flow[]): number[] =>
  [...new Set(flows.filter((one) => one.from.kind === kind).map((one) => one.port))].sort((a, b) => a - b);

function portsOf(spec: FlowSpec, { componentPorts: named, outside }: Graph): number[] {
  if (spec.to === 'api-server') return API_SERVER_PORTS;
  const place = outside.get(spec.to);
  if (place) return [place.port];
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

function groupOf(from: Endpoint, to: Endpoint): FlowGroup {
  if (from.id === 'gateway' || to.id === 'gateway') return 'gateway';
  return 'platform';
}
