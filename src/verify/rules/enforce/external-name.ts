import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/services-networking/service/#externalname */
export const externalName: Rule = {
  id: 'enforce/external-name',
  area: 'enforce',
  severity: 'error',
  title: 'A Service is no other name for an outside host',
  why: 'An ExternalName sends callers inside, and routes of the Gateway, to a host that no rule knows; it may also be another namespace.',
  fix: 'Declare the host under `egress` of the service that calls it.',
  *check(model) {
    for (const object of ofKind(model, '/Service'))
      if (dig(object.body, 'spec', 'type') === 'ExternalName')
        yield hit(
          object,
          ['spec', 'externalName'],
          `${nameOf(object)}: leads to ${dig(object.body, 'spec', 'externalName')}`,
        );
  },
};
