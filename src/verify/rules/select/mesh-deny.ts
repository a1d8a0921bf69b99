import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { isObject } from '../../object.ts';
import { dig, isEmptySelector, ofKind, records } from '../../selectors.ts';
import { meshRoot } from './mesh-root.ts';

/**
 * An ALLOW policy without rules, for the namespace or for the whole mesh.
 * https://istio.io/latest/docs/concepts/security/#allow-nothing-deny-all-and-allow-all-policy
 */
export const meshDeny: Rule = {
  id: 'select/mesh-deny',
  area: 'select',
  severity: 'error',
  title: 'Every namespace of the mesh denies by default',
  why: 'A workload that no AuthorizationPolicy selects accepts every request of everybody.',
  fix: "Apply an AuthorizationPolicy with `spec: {}` in the mesh's root namespace.",
  *check(model) {
    const meshed = model.declared.namespaces.filter((one) => one.meshed);
    const policies = ofKind(model, 'security.istio.io/AuthorizationPolicy').filter(allowsNothing);
    const denied = new Set(policies.map((one) => one.namespace));
    if (!speaksIstio(model) || denied.has(meshRoot(model))) return;
    for (const { name } of meshed.filter((one) => !denied.has(one.name)))
      yield {
        file: `infrastructure/namespaces/${name}.yaml`,
        object: `Namespace ${name}`,
        message: `namespace ${name} is in the mesh, and no AuthorizationPolicy denies by default there`,
      };
  },
};

/** Another mesh has other kinds. */
const speaksIstio = ({ declared }: Model) =>
  isObject(declared.provides['mesh']?.['namespaceLabels']) &&
  Object.keys(declared.provides['mesh']['namespaceLabels']).some((key) => /istio/.test(key));

const allowsNothing = ({ body }: KubernetesObject) =>
  (dig(body, 'spec', 'action') ?? 'ALLOW') === 'ALLOW' &&
  isEmptySelector(dig(body, 'spec', 'selector')) &&
  !dig(body, 'spec', 'targetRefs') &&
  records(dig(body, 'spec', 'rules')).length === 0;
