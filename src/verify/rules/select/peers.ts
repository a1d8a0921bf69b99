import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import {
  dig,
  hit,
  isEmptySelector,
  podsSelected,
  records,
  selects,
  type Path,
  ofKind,
} from '../../selectors.ts';
import { endpointPeers, nobody } from './endpoints.ts';
import { namespacesOf } from './namespaces.ts';

/**
 * The other end of a NetworkPolicy's rule. A peer by pod labels alone means pods of the policy's own namespace.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 */
export const peers: Rule = {
  id: 'select/peers',
  area: 'select',
  severity: 'error',
  title: 'A peer of a network policy exists',
  why: 'A rule whose peer matches nothing opens nothing: the connection that it was written for is refused. It also waits for pods that somebody may label so.',
  fix: 'Use the labels of the pods and of the namespace at the other end, or delete the rule.',
  *check(model) {
    for (const object of ofKind(model, 'networking.k8s.io/NetworkPolicy')) {
      for (const { peer, path } of peersOf(object)) {
        if (peer['ipBlock'] || isThere(model, object, peer)) continue;
        yield hit(
          object,
          path,
          `${nameOf(object)}: ${path.join('.')} matches no pod: ${JSON.stringify(peer)}`,
        );
      }
    }
    for (const one of endpointPeers(model)) {
      const message = nobody(model, one);
      if (message) yield hit(one.object, one.path, message);
    }
  },
};

function peersOf({ body }: KubernetesObject): { peer: Record<string, unknown>; path: Path }[] {
  return [
    ['ingress', 'from'],
    ['egress', 'to'],
  ].flatMap(([direction, end]) =>
    records(dig(body, 'spec', direction!)).flatMap((rule, index) =>
      records(rule[end!]).map((peer, position) => ({
        peer,
        path: ['spec', direction!, index, end!, position],
      })),
    ),
  );
}

function isThere(model: Model, { namespace }: KubernetesObject, peer: Record<string, unknown>): boolean {
  const namespaces = peer['namespaceSelector']
    ? namespacesOf(model).filter((one) => selects(peer['namespaceSelector'], one.labels))
    : [{ name: namespace }];
  if (namespaces.length === 0) return false;
  // Whole namespaces: their pods may well be somebody else's.
  if (isEmptySelector(peer['podSelector'])) return true;
  return namespaces.some((one) => podsSelected(model, one.name, peer['podSelector']).length > 0);
}
