import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { dig, isEmptySelector, ofKind, records, templatesOf, texts } from '../../selectors.ts';

type Direction = 'Ingress' | 'Egress';
const DIRECTIONS: Direction[] = ['Ingress', 'Egress'];

/**
 * Every namespace that runs pods denies both directions, unless its stage is audit.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
 */
export const defaultDeny: Rule = {
  id: 'select/default-deny',
  area: 'select',
  severity: 'error',
  title: 'Every namespace with pods denies by default',
  why: 'Pods that no policy selects accept and open every connection.',
  fix: 'Add a NetworkPolicy with an empty podSelector, policyTypes [Ingress, Egress] and no rules; with Cilium, a CiliumNetworkPolicy with an empty endpointSelector, ingress: [{}] and egress: [{}].',
  *check(model) {
    const denied = deniedIn(model);
    const everywhere = new Set(
      ofKind(model, 'cilium.io/CiliumClusterwideNetworkPolicy').flatMap(deniedByCilium),
    );
    const objects = new Map(ofKind(model, '/Namespace').map((one) => [one.name, one.file]));
    for (const [namespace, file] of namespacesWithPods(model)) {
      const open = DIRECTIONS.filter((one) => !everywhere.has(one) && !denied.get(namespace)?.has(one));
      const message = `namespace ${namespace}: no policy denies ${open.join(' and ').toLowerCase()} of all its pods`;
      if (open.length)
        yield { file: objects.get(namespace) ?? file, object: `Namespace ${namespace}`, message };
    }
  },
};

function namespacesWithPods(model: Model): Map<string, string> {
  const { namespaces, exempt } = model.declared;
  const audited = new Set(namespaces.filter((one) => one.stages.network === 'audit').map((one) => one.name));
  const owned = namespaces.map((one) => [one.name, 'zero-trust.yaml'] as const);
  const others = templatesOf(model)
    .map(({ object }) => [object.namespace, object.file] as const)
    .filter(([name]) => name && !exempt.includes(name));
  return new Map([...others, ...owned].filter(([name]) => !audited.has(name)));
}

function deniedIn(model: Model): Map<string, Set<Direction>> {
  const denied = new Map<string, Set<Direction>>();
  const add = (namespace: string, directions: Direction[]) =>
    denied.set(namespace, new Set([...(denied.get(namespace) ?? []), ...directions]));
  for (const one of ofKind(model, 'networking.k8s.io/NetworkPolicy')) add(one.namespace, deniedBy(one));
  for (const one of ofKind(model, 'cilium.io/CiliumNetworkPolicy')) add(one.namespace, deniedByCilium(one));
  return denied;
}

/** Directions in which a policy for every pod lets nothing through: policies only add to each other. */
function deniedBy({ body }: KubernetesObject): Direction[] {
  if (!isEmptySelector(dig(body, 'spec', 'podSelector'))) return [];
  const types = texts(dig(body, 'spec', 'policyTypes'));
  return DIRECTIONS.filter(
    (one) => types.includes(one) && records(dig(body, 'spec', one.toLowerCase())).length === 0,
  );
}

/** An empty rule denies: https://docs.cilium.io/en/stable/security/policy/language/#ingress-egress-default-deny */
function deniedByCilium({ body }: KubernetesObject): Direction[] {
  if (!isEmptySelector(dig(body, 'spec', 'endpointSelector'))) return [];
  return DIRECTIONS.filter((one) => {
    const rules = dig(body, 'spec', one.toLowerCase());
    return Array.isArray(rules) && rules.every((rule) => Object.keys(rule ?? {}).length === 0);
  });
}
