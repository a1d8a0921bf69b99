import type { Protocol } from '../../types/catalog.ts';
import type { KubernetesObject } from '../model.ts';
import { dig, records, text, texts, type Path } from '../selectors.ts';
import { addressesOf, EVERYWHERE } from './address.ts';
import { inNamespace, requirementsOf } from './label-selector.ts';
import { ALL_PORTS, PROTOCOLS } from './port.ts';
import type { Direction, NetworkPolicy, NetworkRule, Peer, PortMatch } from './types.ts';

/** Every peer: other pods and any address. */
export const everyone = (path: Path): Peer => ({
  path,
  everything: true,
  addresses: EVERYWHERE,
  names: [],
});

/**
 * What a NetworkPolicy of networking.k8s.io/v1 means.
 *
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the field comments of
 * https://github.com/kubernetes/api/blob/master/networking/v1/types.go
 */
export function readNetworkPolicy(object: KubernetesObject): NetworkPolicy | undefined {
  if (object.group !== 'networking.k8s.io' || object.kind !== 'NetworkPolicy') return undefined;
  const spec = dig(object.body, 'spec');
  const types = policyTypes(spec);
  const isolates = { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
  const subject = {
    namespaces: inNamespace(object.namespace),
    pods: requirementsOf(dig(spec, 'podSelector')),
  };
  const rules = (['ingress', 'egress'] as const)
    .filter((direction) => isolates[direction])
    .flatMap((direction) => rulesOf(object, direction));
  return { object, subject, isolates, rules };
}

/** Without policyTypes: Ingress, and Egress where there are egress rules. */
function policyTypes(spec: unknown): string[] {
  const given = texts(dig(spec, 'policyTypes'));
  if (given.length) return given;
  return records(dig(spec, 'egress')).length ? ['Ingress', 'Egress'] : ['Ingress'];
}

function rulesOf(object: KubernetesObject, direction: Direction): NetworkRule[] {
  const field = direction === 'ingress' ? 'from' : 'to';
  return records(dig(object.body, 'spec', direction)).map((rule, index) => {
    const path: Path = ['spec', direction, index];
    const peers = records(rule[field]);
    return {
      object,
      path,
      direction,
      denies: false,
      // An empty list is as an absent one: everyone.
      peers: peers.length
        ? peers.map((peer, at) => peerOf(peer, object.namespace, [...path, field, at]))
        : [everyone(path)],
      ports: records(rule['ports']).flatMap(portOf),
      requests: [],
      dnsNames: [],
    };
  });
}

function peerOf(peer: Record<string, unknown>, home: string, path: Path): Peer {
  const base = { path, everything: false, addresses: [], names: [] };
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock)
    return { ...base, addresses: addressesOf(text(dig(ipBlock, 'cidr')), texts(dig(ipBlock, 'except'))) };
  // The API server refuses a peer without any of the three.
  if (!namespaceSelector && !podSelector) return base;
  const namespaces = namespaceSelector ? requirementsOf(namespaceSelector) : inNamespace(home);
  return { ...base, pods: { namespaces, pods: requirementsOf(podSelector) } };
}

function portOf({
  port,
  endPort,
  protocol: given = 'TCP',
}: Record<string, unknown>): PortMatch | PortMatch[] {
  const protocol = PROTOCOLS.find((one) => one === given) ?? ('TCP' as Protocol);
  if (port === undefined || port === null) return { protocol, ports: ALL_PORTS };
  if (typeof port === 'string') return { protocol, name: port };
  if (typeof port !== 'number') return [];
  return { protocol, ports: [port, (typeof endPort === 'number' ? endPort : port) + 1] };
}
