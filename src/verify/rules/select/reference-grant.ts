import type { Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, type Reference } from '../../references.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';

/** References of these groups lead into another namespace only with its consent: https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
const GROUPS = ['gateway.networking.k8s.io', 'gateway.envoyproxy.io'];
/** To what traffic goes and what TLS reads. A route's parent and a policy's target need no grant. */
const FIELDS = /^(backendRefs?|certificateRefs|caCertificateRefs|clientCertificateRef)$/;

export const referenceGrant: Rule = {
  id: 'select/reference-grant',
  area: 'select',
  severity: 'error',
  title: 'A reference into another namespace is granted there',
  why: 'A Gateway or route does not follow such a reference: the listener has no certificate, every request gets an error.',
  fix: 'Move the object beside the one that names it, or add a ReferenceGrant with both kinds in the other namespace.',
  *check(model) {
    for (const one of allReferences(model).filter(needsGrant)) {
      if (isGranted(model, one)) continue;
      const { from, kind, namespace, name } = one;
      const message = `names ${nameOf({ kind, namespace, name })}, and no ReferenceGrant in ${namespace} lets ${from.kind} of ${from.namespace} name it`;
      yield hit(from, one.path, `${nameOf(from)}: ${message}`);
    }
  },
};

/** Whether a reference needs the consent of the namespace that it leads into. */
export const needsGrant = ({ from, field, namespace }: Reference): boolean =>
  GROUPS.includes(from.group) && FIELDS.test(field) && namespace !== '' && namespace !== from.namespace;

function isGranted(model: Model, { from, path, kind, namespace, name }: Reference): boolean {
  const group = text(dig(from.body, ...path, 'group'));
  const isOf = (one: Record<string, unknown>, source: { group: string; kind: string }) =>
    text(one['group']) === source.group && one['kind'] === source.kind;
  return ofKind(model, 'gateway.networking.k8s.io/ReferenceGrant')
    .filter((one) => one.namespace === namespace)
    .map((one) => dig(one.body, 'spec'))
    .some(
      (spec) =>
        records(dig(spec, 'from')).some((one) => isOf(one, from) && one['namespace'] === from.namespace) &&
        records(dig(spec, 'to')).some(
          (one) => isOf(one, { group, kind }) && (text(one['name']) || name) === name,
        ),
    );
}
