import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, records, text, texts } from '../../selectors.ts';

const GROUP = 'rbac.authorization.k8s.io';

export interface RoleRule {
  apiGroups: string[];
  resources: string[];
  names: string[];
  verbs: string[];
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#api-overview */
export const rolesOf = (model: Model): KubernetesObject[] =>
  ofKind(model, `${GROUP}/Role`, `${GROUP}/ClusterRole`);
export const bindingsOf = (model: Model): KubernetesObject[] =>
  ofKind(model, `${GROUP}/RoleBinding`, `${GROUP}/ClusterRoleBinding`);

export const rulesOf = ({ body }: KubernetesObject): RoleRule[] =>
  records(body['rules']).map((one) => ({
    apiGroups: texts(one['apiGroups']),
    resources: texts(one['resources']),
    names: texts(one['resourceNames']),
    verbs: texts(one['verbs']),
  }));

export const subjectsOf = ({ body, namespace }: KubernetesObject) =>
  records(body['subjects']).map((one) => ({
    kind: text(one['kind']),
    name: text(one['name']),
    namespace: text(one['namespace']) || namespace,
  }));

/** The role of the repository that a binding gives. */
export function roleOf(model: Model, binding: KubernetesObject): KubernetesObject | undefined {
  const { kind, name } = (dig(binding.body, 'roleRef') ?? {}) as Record<string, unknown>;
  return rolesOf(model).find(
    (one) =>
      one.kind === kind &&
      one.name === name &&
      (kind === 'ClusterRole' || one.namespace === binding.namespace),
  );
}
