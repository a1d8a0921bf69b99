import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { exists } from './known.ts';
import { unresolved } from './unresolved.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
export const namespace: Rule = {
  id: 'select/namespace',
  area: 'select',
  severity: 'error',
  title: 'A namespace exists',
  why: 'An object of a namespace that nobody makes cannot be applied, and holds up everything after it.',
  fix: 'Declare the namespace in zero-trust.yaml, or correct its name.',
  *check(model) {
    for (const object of model.objects) {
      if (!object.namespace || exists(model, 'Namespace', '', object.namespace)) continue;
      const message = `${nameOf(object)}: metadata.namespace names ${object.namespace}, which nobody makes`;
      yield hit(object, ['metadata', 'namespace'], message);
    }
    yield* unresolved(model, (one) => one.kind === 'Namespace');
  },
};
