import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { dig, records, text, texts, type Path } from '../selectors.ts';
import { addressesOf } from './address.ts';
import { ciliumSelector, entityPeer } from './cilium-peers.ts';
import { ciliumPorts } from './cilium-ports.ts';
import { everyone } from './network-policy.ts';
import type { Direction, NetworkPolicy, NetworkRule, Peer } from './types.ts';

type Body = Record<string, unknown>;

/** Fields that say who stands at the other end. Without any of them, `toPorts` alone means everyone. */
const PEERS: Record<Direction, string[]> = {
  ingress: ['fromEndpoints', 'fromEntities', 'fromCIDR', 'fromCIDRSet', 'fromNodes', 'fromGroups'],
  egress: [
    'toEndpoints',
    'toEntities',
    'toCIDR',
    'toCIDRSet',
    'toFQDNs',
    'toServices',
    'toNodes',
    'toGroups',
  ],
};

/**
 * What the rules of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy of cilium.io/v2 mean: one for `spec`, one for
 * each of `specs`.
 *
 * https://docs.cilium.io/en/stable/security/policy/ (Layer 3, 4 and 7, Deny Policies, Policy Enforcement Modes, Using
 * Kubernetes Constructs) and the field comments of https://github.com/cilium/cilium/tree/main/pkg/policy/api
 */
export function readCiliumPolicy(object: KubernetesObject): NetworkPolicy[] {
  const { group, kind, body } = object;
  if (group !== 'cilium.io' || !['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].includes(kind))
    return [];
  const specs: [Path, unknown][] = [
    [['spec'], body['spec']],
    ...records(body['specs']).map((spec, index): [Path, unknown] => [['specs', index], spec]),
  ];
  // What selects nodes says nothing of pods.
  return specs.flatMap(([path, spec]) =>
    isObject(spec) && isObject(spec['endpointSelector']) ? [policyOf(object, path, spec)] : [],
  );
}

function policyOf(object: KubernetesObject, path: Path, spec: Body): NetworkPolicy {
  const sections = (direction: Direction) => ({
    allows: records(spec[direction]),
    denies: records(spec[`${direction}Deny`]),
  });
  const isolates = (direction: Direction) => {
    const { allows, denies } = sections(direction);
    const given = dig(spec, 'enableDefaultDeny', direction);
    return typeof given === 'boolean' ? given : allows.length + denies.length > 0;
  };
  const rules = (['ingress', 'egress'] as const).flatMap((direction) => {
    const { allows, denies } = sections(direction);
    return [
      ...allows.flatMap((rule, index) => rulesOf(object, direction, rule, [...path, direction, index])),
      ...denies.flatMap((rule, index) =>
        rulesOf(object, direction, rule, [...path, `${direction}Deny`, index], true),
      ),
    ];
  });
  return {
    object,
    subject: ciliumSelector(spec['endpointSelector'], object),
    isolates: { ingress: isolates('ingress'), egress: isolates('egress') },
    rules,
  };
}

function rulesOf(
  object: KubernetesObject,
  direction: Direction,
  rule: Body,
  path: Path,
  denies = false,
): NetworkRule[] {
  const peers = peersOf(object, direction, rule, path);
  return ciliumPorts(rule).map(({ at, ...ports }) => ({
    object,
    path: [...path, ...at],
    direction,
    denies,
    peers,
    ...ports,
  }));
}

function peersOf(object: KubernetesObject, direction: Direction, rule: Body, path: Path): Peer[] {
  const given = PEERS[direction].filter((field) => rule[field] !== undefined && rule[field] !== null);
  // "nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also specified"; alone it allows nothing.
  if (given.length === 0) return Array.isArray(rule['toPorts']) ? [everyone(path)] : [];
  return given.flatMap((field) => {
    const items = Array.isArray(rule[field]) ? (rule[field] as unknown[]) : [];
    return items.map((item, index) => peerOf(object, field, item, [...path, field, index]));
  });
}

function peerOf(object: KubernetesObject, field: string, item: unknown, path: Path): Peer {
  const base: Peer = { path, everything: false, addresses: [], names: [] };
  switch (field.replace(/^(from|to)/, '')) {
    case 'Endpoints':
      return { ...base, pods: ciliumSelector(item, object) };
    case 'Entities':
      return { ...base, ...entityPeer(text(item), path) };
    case 'CIDR':
      return { ...base, addresses: addressesOf(text(item)) };
    case 'CIDRSet':
      return { ...base, ...cidrSet(item) };
    case 'FQDNs':
      return { ...base, names: [`host:${text(dig(item, 'matchName')) || text(dig(item, 'matchPattern'))}`] };
    case 'Services':
      return { ...base, names: [serviceName(item, object, path)] };
    default:
      return { ...base, names: [`${field}:${path.at(-1)}`] };
  }
}

/** `cidrGroupRef` names a list that only the cluster knows. */
function cidrSet(item: unknown): Partial<Peer> {
  const group = text(dig(item, 'cidrGroupRef'));
  if (group) return { names: [`CiliumCIDRGroup:${group}`] };
  return { addresses: addressesOf(text(dig(item, 'cidr')), texts(dig(item, 'except'))) };
}

function serviceName(item: unknown, { namespace }: KubernetesObject, path: Path): string {
  const service = dig(item, 'k8sService');
  if (!service) return `services by selector:${path.at(-1)}`;
  return `service:${text(dig(service, 'namespace')) || namespace}/${text(dig(service, 'serviceName'))}`;
}
