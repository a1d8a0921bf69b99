import type { Service } from '../blueprint/service.ts';
import type { Endpoint, Flow, HttpRule } from '../types/connections.ts';
import { outsideEndpoint, PLACES, ref } from './endpoints.ts';
import { API_SERVER_PORTS, findService, type Graph } from './graph.ts';
import { findPort } from './ports.ts';

/** What one service may reach, and who may reach it from outside its own calls. */
export function serviceFlows(service: Service, graph: Graph): Flow[] {
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
      port: (own.meshed && graph.metricsPort) || targetPort,
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
