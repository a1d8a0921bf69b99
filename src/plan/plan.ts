import type { Blueprint } from '../blueprint/schema.ts';
import type { Catalog, Component, InputValue } from '../types/catalog.ts';
import type { Endpoint } from '../types/connections.ts';
import type { Plan } from '../types/plan.ts';
import { version } from '../version.ts';
import { diagrams } from './diagrams.ts';
import { choose, type Chosen } from './choose.ts';
import { connectivity } from './connectivity.ts';
import { componentEndpoint, namespaceEndpoint, outsideEndpoint, ref, serviceEndpoint } from './endpoints.ts';
import { planFiles } from './files.ts';
import { endsOf, resolveFlows } from './flows.ts';
import type { Graph } from './graph.ts';
import { checkHostEgress } from './host-egress.ts';
import { findGaps } from './gaps.ts';
import { planHosts, zonesOf } from './hosts.ts';
import { interpolate } from './interpolate.ts';
import { planNamespaces, withPolicies } from './namespaces.ts';
import { findPending } from './pending.ts';
import { servicePorts } from './ports.ts';
import { imagesOf, registryOf } from './images.ts';
import { exemptNamespaces } from './stages.ts';
import { planReleases } from './releases.ts';
import { planSecrets } from './secrets.ts';
import { planSignatures, type SignatureHosts } from './signatures.ts';
import { planServices } from './services.ts';

/**
 * Resolves a Blueprint to everything that will be written. Pure: the same Blueprint and sealed set give the same Plan.
 *
 * @param sealed `namespace/name` of the Secrets whose ciphertext is, or is about to be, in the repository
 * @throws UserError for combinations that are refused
 */
export function makePlan(blueprint: Blueprint, catalog: Catalog, sealed: ReadonlySet<string>): Plan {
  const chosen = choose(blueprint, catalog);
  const { components, choices, inputs } = chosen;
  const services = blueprint.services;
  const capabilities = [...new Set(components.flatMap((one) => one.enforces))].sort();
  const provides = providesOf(chosen, blueprint.name);
  const mesh = provides['mesh'] as unknown as MeshProvides;

  const engine = String(provides['gitops']!['namespace']);
  const namespaces = planNamespaces({
    services,
    declared: blueprint.namespaces,
    configMaps: blueprint.configMaps,
    components,
    kubernetesVersion: String(inputs['kubernetesVersion']),
    engine,
    mesh: { meshed: mesh.meshed, labels: mesh.namespaceLabels },
  });
  const images = imagesOf(services);
  const signatures = planSignatures(
    inputs,
    images,
    provides['base']!['signatureHosts'] as unknown as SignatureHosts,
  );
  const readsSignatures = capabilities.includes('image-signatures');
  const graph = makeGraph(
    chosen,
    blueprint,
    namespaces.map((one) => ({ name: one.name, app: one.kind === 'app' })),
    mesh,
    signatures?.hosts ?? [],
  );
  checkHostEgress(services, readsSignatures ? signatures : null, {
    canNameHosts: capabilities.includes('egress-hosts'),
    consented: inputs['wideEgress'] === true,
  });
  const flows = resolveFlows(components, graph);
  const owned = new Set(namespaces.map((one) => one.name));
  const domain = String(inputs['domain']);
  const secrets = planSecrets(services, components, inputs, sealed);
  const planned = planServices({
    services,
    ports: graph.ports,
    flows,
    domain,
    identity: mesh.identity,
    inputs,
  });
  const hosts = planHosts(services, domain, capabilities.includes('wildcard'));
  const list = (value: unknown) => (Array.isArray(value) ? (value as string[]) : []);

  const view = {
    name: blueprint.name,
    toolVersion: version,
    ruleAreas: catalog.ruleAreas,
    choices,
    inputs,
    components: Object.fromEntries(
      components
        .slice(1)
        .map(({ slot, name, label, hint, versions }) => [slot, { slot, name, label, hint, versions }]),
    ),
    provides,
    capabilities,
    parts: partsOf(components),
    namespaces: withPolicies(
      namespaces,
      connectivity(flows, owned, { meshPort: mesh.wirePort ?? undefined }),
    ),
    exempt: exemptNamespaces(namespaces, [
      engine,
      ...list(inputs['exemptNamespaces']),
      ...list(provides['distribution']!['systemNamespaces']),
    ]),
    services: planned,
    configMaps: blueprint.configMaps,
    secrets,
    hosts,
    zones: zonesOf(hosts, domain),
    endpoints: [...graph.endpoints.values()],
    groups: Object.fromEntries(
      Object.keys(graph.named).map((name) => [name, endsOf(name, graph, 'a group')]),
    ),
    flows,
    releases: planReleases(components),
    images,
    registries: [...new Set([...images.map(registryOf), ...list(inputs['imageRegistries'])])].sort(),
    signatures,
    replay: `npm create zero-trust@${version} ${blueprint.name} -- --config zero-trust.yaml`,
    gaps: findGaps({ services, namespaces, capabilities, signatures }),
    pending: findPending({ inputs: catalog.inputs, values: inputs, secrets, services }),
  };
  const withFiles = { ...view, ...planFiles(view, components, catalog) };
  return { ...withFiles, diagrams: diagrams(withFiles) };
}

/** What every mesh answers: `templates/mesh/slot.yaml`. */
interface MeshProvides {
  meshed: boolean;
  identity: string;
  namespaceLabels: Record<string, string>;
  wirePort: number | null;
  metricsPort: number | null;
}

function providesOf({ components, inputs }: Chosen, cluster: string): Plan['provides'] {
  const kept = { namespace: '{namespace}', serviceAccount: '{serviceAccount}' };
  const values = { ...inputs, ...kept, cluster } as Record<string, InputValue>;
  return Object.fromEntries(
    components.map((one) => [one.slot, interpolate(one.provides, { ...values, ...one.versions })]),
  );
}

function partsOf(components: Component[]): Plan['parts'] {
  const parts: Plan['parts'] = {};
  for (const component of components) {
    for (const [name, render] of Object.entries(component.parts))
      (parts[name] ??= []).push({ render, versions: component.versions });
  }
  return parts;
}

function makeGraph(
  { components, inputs }: Chosen,
  blueprint: Blueprint,
  owned: { name: string; app: boolean }[],
  mesh: MeshProvides,
  signatureHosts: string[],
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
    componentPorts: Object.fromEntries(declared.map(([id, spec]) => [id, spec.ports ?? {}])),
    groups: {
      owned: owned.map((one) => namespaceEndpoint(one.name, false)),
      apps,
      meshed: meshed ? apps : [],
      'signature-sources': signatureHosts.map((host) => outsideEndpoint({ host })),
    },
    named: Object.assign({}, ...components.map((one) => one.groups)) as Graph['named'],
    scraper: scraper ? namespaceEndpoint(String(scraper), false) : undefined,
    metricsPort: mesh.metricsPort ?? undefined,
    nodeLocalDns: inputs['nodeLocalDns'] === true,
  };
}
