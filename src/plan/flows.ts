import type { Component, FlowSpec } from '../types/catalog.ts';
import type { Endpoint, Flow, FlowGroup } from '../types/connections.ts';
import { outsideEndpoint, PLACES, URL_OF, urlEnd } from './endpoints.ts';
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
  const targets = targetsOf(spec, graph, ends);
  return ends(spec.from).flatMap((from) =>
    targets.flatMap(({ to, ports }) =>
      ports.map((port) => ({
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

function targetsOf(
  spec: FlowSpec,
  graph: Graph,
  ends: (name: string) => Endpoint[],
): { to: Endpoint; ports: number[] }[] {
  if (!spec.to.startsWith(URL_OF))
    return ends(spec.to).map((to) => ({ to, ports: portsOf(spec, graph.componentPorts) }));
  const end = urlEnd(graph.inputs[spec.to.slice(URL_OF.length)]);
  return end ? [{ to: outsideEndpoint({ host: end.host }), ports: [end.port] }] : [];
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

function groupOf(from: Endpoint, to: Endpoint): FlowGroup {
  if (to.id === 'cluster-dns') return 'dns';
  if (from.id === 'gateway' || to.id === 'gateway') return 'gateway';
  return 'platform';
}
