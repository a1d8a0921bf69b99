import type { Blueprint } from '../blueprint/schema.ts';
import type { Catalog, Component, InputValue } from '../types/catalog.ts';
import type { Plan } from '../types/plan.ts';
import { version } from '../version.ts';
import { capabilitiesOf, enforcedBy } from './capabilities.ts';
import { planAccess } from './access.ts';
import { diagrams } from './diagrams.ts';
import { choose, type Chosen } from './choose.ts';
import { connectivity } from './connectivity.ts';
import { planFiles } from './files.ts';
import { endsOf, portsFrom, resolveFlows } from './flows.ts';
import { planGateway } from './gateway.ts';
import { checkHostEgress, checkWildcardEgress } from './host-egress.ts';
import { findGaps } from './gaps.ts';
import { planHosts, zonesOf } from './hosts.ts';
import { interpolate } from './interpolate.ts';
import { planOutside } from './outside.ts';
import { planNamespaces, withPolicies } from './namespaces.ts';
import { makeGraph, type MeshProvides } from './make-graph.ts';
import { findPending } from './pending.ts';
import { imagesOf, registryOf } from './images.ts';
import { exemptNamespaces } from './stages.ts';
import { withQuotas } from './quotas.ts';
import { planReleases } from './releases.ts';
import { planSecrets, secretReaders } from './secrets.ts';
import { planSignatures, sourcesOf, type SignatureHosts } from './signatures.ts';
import { planServices } from './services.ts';
import { list } from './values.ts';

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
  const capabilities = capabilitiesOf(components);
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
  const outside = planOutside(components, inputs);
  const graph = makeGraph(
    chosen,
    outside,
    blueprint,
    namespaces.map((one) => ({ name: one.name, app: one.kind === 'app' })),
    mesh,
    signatures ? sourcesOf(signatures) : [],
  );
  checkHostEgress({
    services,
    outside,
    signatures: capabilities.includes('image-signatures') ? signatures : null,
    canNameHosts: capabilities.includes('egress-hosts'),
    consented: inputs['wideEgress'] === true,
  });
  checkWildcardEgress(services, mesh.meshed);
  const flows = resolveFlows(components, graph);
  const owned = new Set(namespaces.map((one) => one.name));
  const domain = String(inputs['domain']);
  const secrets = planSecrets({ services, components, sealed, inputs, cluster: blueprint.name });
  const planned = planServices({
    services,
    ports: graph.ports,
    flows,
    domain,
    identity: mesh.identity,
    inputs,
  });
  const hosts = planHosts(services, domain, capabilities.includes('wildcard'));

  const view = {
    name: blueprint.name,
    toolVersion: version,
    choices,
    inputs,
    components: Object.fromEntries(
      components.slice(1).map((one) => {
        const { slot, name, label, hint, versions } = one;
        return [slot, { slot, name, label, hint, versions, enforces: enforcedBy(one, components) }];
      }),
    ),
    provides,
    capabilities,
    parts: partsOf(components),
    namespaces: withPolicies(
      withQuotas(namespaces, blueprint.namespaces, planned, mesh.sidecar),
      connectivity(flows, owned, { meshPort: mesh.wirePort ?? undefined }),
    ),
    access: planAccess({ namespaces, declared: blueprint.namespaces, inputs }),
    exempt: exemptNamespaces(namespaces, [
      engine,
      ...list(inputs['exemptNamespaces']),
      ...list(provides['distribution']!['systemNamespaces']),
    ]),
    services: planned,
    configMaps: blueprint.configMaps,
    secrets,
    secretReaders: secretReaders(secrets),
    secretNamespaces: [...new Set(secrets.filter((one) => one.referred).map((one) => one.namespace))].map(
      (name) => ({ name }),
    ),
    outside,
    hosts,
    gateway: planGateway(inputs, hosts),
    zones: zonesOf(hosts, domain),
    endpoints: [...graph.endpoints.values()],
    groups: Object.fromEntries(
      Object.keys(graph.named).map((name) => [name, endsOf(name, graph, 'a group')]),
    ),
    flows,
    webhookPorts: portsFrom('api-server', flows),
    releases: planReleases(components),
    images,
    registries: [...new Set([...images.map(registryOf), ...list(inputs['imageRegistries'])])].sort(),
    signatures,
    replay: `npm create zero-trust@${version} ${blueprint.name} -- --config zero-trust.yaml`,
    gaps: findGaps({ services, namespaces, capabilities, flows, signatures, hosts, inputs }),
    pending: findPending({
      inputs: catalog.inputs,
      values: inputs,
      // What a store keeps is seen by nobody here.
      secrets: components.some((one) => one.refer) ? [] : secrets,
      services,
      cluster: blueprint.name,
    }),
  };
  const withFiles = { ...view, ...planFiles(view, components, catalog) };
  return { ...withFiles, diagrams: diagrams(withFiles) };
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
