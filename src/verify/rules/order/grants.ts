import type { KubernetesObject, Layer } from '../../model.ts';
import { dig, records, text, texts } from '../../selectors.ts';

/** What a role lets an account do; without a namespace, everywhere. */
export interface Grant {
  namespace: string;
  groups: string[];
  resources: string[];
  verbs: string[];
}
const ALL: Omit<Grant, 'namespace'> = { groups: ['*'], resources: ['*'], verbs: ['*'] };
/** Roles of every cluster: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const DEFAULT_ROLES = new Set(['cluster-admin', 'admin', 'edit']);

/** What the account of a layer may do by bindings of the layers before it. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export function grantsOf(before: Set<Layer>, layer: Layer): Grant[] {
  const objects = [...before].flatMap((one) => one.objects);
  return objects
    .filter((one) => /^(Cluster)?RoleBinding$/.test(one.kind) && binds(one, layer))
    .flatMap((binding) => {
      const namespace = binding.kind === 'RoleBinding' ? binding.namespace : '';
      return rulesOf(objects, binding).map((rule) => ({ ...rule, namespace }));
    });
}

const binds = ({ body, namespace }: KubernetesObject, { serviceAccount, object }: Layer): boolean =>
  records(body['subjects']).some(
    (one) =>
      one['kind'] === 'ServiceAccount' &&
      one['name'] === serviceAccount &&
      (text(one['namespace']) || namespace) === object.namespace,
  );

function rulesOf(objects: KubernetesObject[], binding: KubernetesObject): Omit<Grant, 'namespace'>[] {
  const kind = dig(binding.body, 'roleRef', 'kind');
  const name = text(dig(binding.body, 'roleRef', 'name'));
  const role = objects.find(
    (one) =>
      one.kind === kind &&
      one.name === name &&
      (kind === 'ClusterRole' || one.namespace === binding.namespace),
  );
  if (!role) return DEFAULT_ROLES.has(name) ? [ALL] : [];
  if (dig(role.body, 'aggregationRule')) return [ALL];
  return records(role.body['rules'])
    .filter((rule) => texts(rule['resourceNames']).length === 0)
    .map((rule) => ({
      groups: texts(rule['apiGroups']),
      resources: texts(rule['resources']),
      verbs: texts(rule['verbs']),
    }));
}
