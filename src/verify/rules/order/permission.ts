import { grantsOf, type Grant } from './grants.ts';
import { layersBefore } from '../../gitops/order.ts';
import type { KubernetesObject, Layer, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { isClusterWide } from '../../references.ts';
import { hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#role-based-access-control */
export const permission: Rule = {
  id: 'order/permission',
  area: 'order',
  severity: 'error',
  title: 'A layer may not apply its own objects',
  why: 'Its account lacks the right, so the API server forbids the object and the layer stops there.',
  fix: 'Give the account the kind, in the namespace, in a layer that comes before.',
  *check(model) {
    for (const layer of model.layers) {
      const account = model.objects.some(
        (one) =>
          one.kind === 'ServiceAccount' &&
          one.name === layer.serviceAccount &&
          one.namespace === layer.object.namespace,
      );
      if (!account) continue;
      const grants = grantsOf(layersBefore(model).get(layer)!, layer);
      const seen = new Set<string>();
      for (const object of layer.objects) {
        const id = `${object.group} ${object.kind} ${object.namespace}`;
        if (seen.has(id)) continue;
        seen.add(id);
        const lacking = verbsOf(layer).filter((verb) => !grants.some((grant) => allows(grant, verb, object)));
        if (lacking.length)
          yield hit(
            object,
            [],
            `layer ${layer.name} may not ${lacking.join(', ')} ${nameOf(object)}: ${layer.serviceAccount} has no such right`,
          );
        const unseen = watchedWith(layer, object).filter(
          (one) => !grants.some((grant) => allows(grant, 'list', { ...one, namespace: object.namespace })),
        );
        if (unseen.length)
          yield hit(
            object,
            [],
            `layer ${layer.name} waits for ${nameOf(object)} and may not list ${unseen.map((one) => plural(one.kind)).join(' and ')} of ${object.namespace}: ${layer.serviceAccount} has no such right`,
            `let ${layer.serviceAccount} list them`,
          );
      }
    }
  },
};

/** Flux applies on the server's side, which takes get, create and patch; pruning takes delete. */
const verbsOf = ({ prunes }: Layer): string[] => ['get', 'create', 'patch', ...(prunes ? ['delete'] : [])];

type Kind = Pick<KubernetesObject, 'group' | 'kind'>;

const POD: Kind = { group: '', kind: 'Pod' };
/** What Flux lists to see whether a rollout has finished: `genGroupKinds` of https://github.com/fluxcd/cli-utils, pkg/kstatus/polling. */
const WATCHED: Record<string, Kind[]> = {
  'apps/Deployment': [{ group: 'apps', kind: 'ReplicaSet' }, POD],
  'apps/ReplicaSet': [POD],
  'apps/StatefulSet': [POD],
};
const watchedWith = ({ waits }: Layer, { group, kind }: Kind): Kind[] =>
  (waits && WATCHED[`${group}/${kind}`]) || [];

function allows(grant: Grant, verb: string, object: Kind & { namespace: string }): boolean {
  const has = (list: string[], value: string) => list.includes('*') || list.includes(value);
  const inReach =
    grant.namespace === '' || (!isClusterWide(object.kind) && grant.namespace === object.namespace);
  return (
    inReach &&
    has(grant.groups, object.group) &&
    has(grant.resources, plural(object.kind)) &&
    has(grant.verbs, verb)
  );
}

/** The resource of a kind, by the rule that code generators follow. https://book.kubebuilder.io/cronjob-tutorial/gvks.html */
function plural(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
