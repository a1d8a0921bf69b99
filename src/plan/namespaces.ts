import type { ConfigMap, Namespace, Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import type { Component, NamespaceSpec } from '../types/catalog.ts';
import { imagesOf } from './images.ts';
import type { PolicyGroup } from '../types/connections.ts';
import type { NamespacePlan } from '../types/plan.ts';

export const GATEWAY_NAMESPACE = 'gateway';

/** Namespaces that others own: nothing is denied there and no Namespace object is rendered. */
export const FOREIGN = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];

interface Wanted {
  services: Service[];
  declared: Namespace[];
  configMaps: ConfigMap[];
  components: Component[];
  kubernetesVersion: string;
  /** The GitOps engine's namespace, which its own installation makes. */
  engine: string;
  /** Whether pods of application namespaces join the mesh, and the labels that make them. */
  mesh: { meshed: boolean; labels: Record<string, string> };
}

/** Every namespace that the repository owns, applications last. */
export function planNamespaces(wanted: Wanted): NamespacePlan[] {
  const platform = platformNamespaces(wanted.components);
  const used = [...wanted.services, ...wanted.configMaps].map((one) => one.namespace);
  const names = [...new Set([...wanted.declared.map((one) => one.name), ...used])].sort();
  refuseTaken(wanted, (name) => name in platform || name === wanted.engine || FOREIGN.includes(name));
  const version = `v${wanted.kubernetesVersion}`;
  return [
    ...Object.entries(platform).map(([name, spec]) => platformNamespace(name, spec, version)),
    ...names.map((name) => appNamespace(name, wanted, version)),
  ];
}

function refuseTaken({ services, configMaps, declared }: Wanted, taken: (name: string) => boolean): void {
  const problems = [
    ...services
      .filter((one) => taken(one.namespace))
      .map((one) => `services.${one.name}.namespace: ${one.namespace}`),
    ...configMaps
      .filter((one) => taken(one.namespace))
      .map((one) => `configMaps.${one.name}.namespace: ${one.namespace}`),
    ...declared.filter((one) => taken(one.name)).map((one) => `namespaces.${one.name}: ${one.name}`),
  ];
  if (problems.length === 0) return;
  throw new UserError(
    problems
      .map((text) => `${text} belongs to the platform; give your services a namespace of their own`)
      .join('\n'),
    2,
  );
}

export function platformNamespaces(components: Component[]): Record<string, NamespaceSpec> {
  return Object.fromEntries(components.flatMap((component) => Object.entries(component.namespaces)));
}

function platformNamespace(name: string, spec: NamespaceSpec, version: string): NamespacePlan {
  const { podSecurity: level, reason = '', labels = {}, annotations = {} } = spec;
  return {
    name,
    kind: name === GATEWAY_NAMESPACE ? 'gateway' : 'platform',
    labels,
    annotations,
    podSecurity: { enforce: level, audit: level, warn: level, version, reason },
    stages: { podSecurity: 'enforce', policies: 'enforce', network: 'enforce' },
    digests: false,
    meshed: false,
    quota: null,
    policyGroups: [],
  };
}

function appNamespace(name: string, wanted: Wanted, version: string): NamespacePlan {
  const declared = wanted.declared.find((one) => one.name === name);
  const services = wanted.services.filter((one) => one.namespace === name);
  const stages = declared?.stages ?? { podSecurity: 'enforce', policies: 'enforce', network: 'enforce' };
  const root = services.filter((one) => one.root);
  const level = root.length ? 'baseline' : 'restricted';
  return {
    name,
    kind: 'app',
    labels: { ...wanted.mesh.labels, ...declared?.labels },
    annotations: {},
    podSecurity: {
      enforce: stages.podSecurity === 'audit' ? 'privileged' : level,
      audit: 'restricted',
      warn: 'restricted',
      version,
      reason: root
        .map((one) => `${one.name} starts as root until ${one.root!.expires}: ${one.root!.reason}`)
        .join('; '),
    },
    stages,
    digests: imagesOf(services).every((image) => image.includes('@sha256:')),
    meshed: wanted.mesh.meshed,
    quota: null,
    policyGroups: [],
  };
}

/** Puts each namespace's connections in place; a namespace whose network stage is audit gets none. */
export function withPolicies(
  namespaces: NamespacePlan[],
  groups: Map<string, PolicyGroup[]>,
): NamespacePlan[] {
  return namespaces.map((one) => ({
    ...one,
    policyGroups: one.stages.network === 'audit' ? [] : (groups.get(one.name) ?? []),
  }));
}
