import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, texts } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource */
export const policyTypes: Rule = {
  id: 'enforce/policy-types',
  area: 'enforce',
  severity: 'error',
  title: 'A network policy says which directions it limits',
  why: 'Without policyTypes, egress is limited only where a rule for it exists: taking the last rule out opens everything.',
  fix: 'Write policyTypes: [Ingress], [Egress] or both.',
  *check(model) {
    for (const object of ofKind(model, 'networking.k8s.io/NetworkPolicy')) {
      const types = texts(dig(object.body, 'spec', 'policyTypes'));
      if (types.length === 0) yield hit(object, ['spec'], `${nameOf(object)}: has no policyTypes`);
      for (const [field, type] of [
        ['ingress', 'Ingress'],
        ['egress', 'Egress'],
      ] as const)
        if (types.length > 0 && !types.includes(type) && records(dig(object.body, 'spec', field)).length > 0)
          yield hit(
            object,
            ['spec', field],
            `${nameOf(object)}: has rules for ${field}, but policyTypes leaves ${type} out, so that they are ignored`,
          );
    }
  },
};
