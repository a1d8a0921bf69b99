import type { Blueprint } from '../blueprint/schema.ts';
import type { Endpoint } from '../types/connections.ts';
import type { OutsidePlan } from '../types/outside-plan.ts';
import type { Chosen } from './choose.ts';
import { componentEndpoint, namespaceEndpoint, ref, serviceEndpoint } from './endpoints.ts';
import type { Graph } from './graph.ts';
import { servicePorts } from './ports.ts';

/** What every mesh answers: `templates/mesh/slot.yaml`. */
export interface MeshProvides {
  meshed: boolean;
  identity: string;
  namespaceLabels: Record<string, string>;
  wirePort: number | null;
  metricsPort: number | null;
  sidecar?: { cpu: string; memory: string };
}

/** Everything that flows may name, by its name. */
export function makeGraph(
  { components, inputs }: Chosen,
  outside: OutsidePlan[],
  blueprint: Blueprint,
  owned: { name: string; app: boolean }[],
  mesh: MeshProvides,
  signatureSources: Endpoint[],
): Graph {
  const { meshed } = mesh;
  const services = blueprint.services;
  const declared = components.flatMap((one) => Object.entries(one.endpoints));
  const endpoints = new Map<string, Endpoint>([
    ...declared.map(([id, spec]) => [id, componentEndpoint(id, spec, meshed && id === 'gateway')] as const),
    ...services.map((service) => [ref(service), serviceEndpoint(service, meshed)] as const),
  ]);
  const apps = owned.filter((one) => one.app).map((one) => namespaceEndpoint(one.name, meshed));
  const scraper = inputs['scraperNamespace'];
  return {
    services,
    ports: new Map(services.map((service) => [ref(service), servicePorts(service)])),
    endpoints,
    outside: new Map(outside.map((one) => [one.id, one])),
    componentPorts: Object.fromEntries(declared.map(([id, spec]) => [id, spec.ports ?? {}])),
    groups: {
      owned: owned.map((one) => namespaceEndpoint(one.name, false)),
      apps,
      meshed: meshed ? apps : [],
      'signature-sources': signatureSources,
    },
    named: Object.assign({}, ...components.map((one) => one.groups)) as Graph['named'],
    scraper: scraper ? namespaceEndpoint(String(scraper), false) : undefined,
    metricsPort: mesh.metricsPort ?? undefined,
    nodeLocalDns: inputs['nodeLocalDns'] === true,
  };
}
