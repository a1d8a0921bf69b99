import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { hit, text, texts, type Path } from '../../selectors.ts';
import { exists } from './known.ts';

/**
 * Identities that mesh policies let in: `<trust domain>/ns/<namespace>/sa/<account>`, and namespaces of them.
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
 */
export const principal: Rule = {
  id: 'select/principal',
  area: 'select',
  severity: 'error',
  title: 'An identity that is let in exists',
  why: 'A policy that lets in an identity that nobody has refuses the caller that was meant, and waits for whoever makes that account.',
  fix: "Name the caller's ServiceAccount, with the mesh's trust domain before it.",
  *check(model) {
    for (const object of model.objects)
      if (object.group === 'security.istio.io') yield* identitiesOf(model, object, object.body, []);
  },
};

function* identitiesOf(model: Model, object: KubernetesObject, value: unknown, path: Path): Generator<Hit> {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) yield* identitiesOf(model, object, one, [...path, index]);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const here = [...path, key];
      if (/^(principals|notPrincipals|serviceAccounts|notServiceAccounts)$/.test(key))
        for (const [index, one] of texts(item).entries())
          yield* problem(model, object, one, [...here, index]);
      else if (/^(namespaces|notNamespaces)$/.test(key))
        for (const [index, one] of texts(item).entries())
          if (!one.includes('*') && !exists(model, 'Namespace', '', one))
            yield hit(object, [...here, index], `${nameOf(object)}: ${key} names ${one}, which nobody makes`);
      yield* identitiesOf(model, object, item, here);
    }
  }
}

function* problem(model: Model, object: KubernetesObject, one: string, path: Path): Generator<Hit> {
  const domain = text(model.declared.inputs['trustDomain']);
  const [, trust, namespace, account] = /^([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(one) ?? [];
  // A pattern is no name; what it covers is for the graph to say.
  if (one.includes('*')) return;
  if (!account) {
    if (!/^[\w.-]+(\/[\w.-]+)?$/.test(one))
      yield hit(object, path, `${nameOf(object)}: ${one} is no identity of a workload`);
  } else if (domain && trust !== domain && trust !== 'cluster.local')
    yield hit(
      object,
      path,
      `${nameOf(object)}: ${one} is of the trust domain ${trust}, the mesh is ${domain}`,
    );
  else if (!exists(model, 'ServiceAccount', namespace!, account))
    yield hit(
      object,
      path,
      `${nameOf(object)}: ${one} names ServiceAccount ${namespace}/${account}, which nobody brings`,
    );
}
