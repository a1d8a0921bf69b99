import type { KubernetesObject } from '../model.ts';
import { dig } from '../selectors.ts';
import { inNamespace, requirementsOf } from './label-selector.ts';
import type { NetworkPolicy, Peer } from './types.ts';

const SERVICE = 'service:';

/**
 * Puts the pods of a Service in place of its name: "This feature uses the discovered services' label selector as an endpoint
 * selector within the policy". https://docs.cilium.io/en/stable/security/policy/layer3/#services-based
 */
export function withServices(policies: NetworkPolicy[], objects: KubernetesObject[]): NetworkPolicy[] {
  const isNamed = ({ names }: Peer) => names.some((one) => one.startsWith(SERVICE));
  if (!policies.some(({ rules }) => rules.some(({ peers }) => peers.some(isNamed)))) return policies;
  const selectors = new Map<string, unknown>(
    objects
      .filter((one) => one.kind === 'Service' && one.group === '')
      .map((one) => [`${SERVICE}${one.namespace}/${one.name}`, dig(one.body, 'spec', 'selector')] as const),
  );
  const resolve = (peer: Peer): Peer => {
    const selector = selectors.get(peer.names[0] ?? '');
    if (!selector) return peer;
    const [, namespace = ''] = /^service:([^/]*)\//.exec(peer.names[0]!) ?? [];
    const pods = { namespaces: inNamespace(namespace), pods: requirementsOf({ matchLabels: selector }) };
    return { ...peer, names: [], pods };
  };
  return policies.map((policy) => ({
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, peers: rule.peers.map(resolve) })),
  }));
}
