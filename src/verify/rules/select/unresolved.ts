import type { Hit, Model } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, type Reference } from '../../references.ts';
import { hit } from '../../selectors.ts';
import { exists, missingKeys } from './known.ts';

/** Hits for references that lead to nothing, among those that a rule is about; of optional ones, one rule speaks. */
export function* unresolved(
  model: Model,
  about: (reference: Reference) => boolean,
  optional = false,
): Generator<Hit> {
  for (const reference of allReferences(model)) {
    if (reference.optional !== optional || !about(reference)) continue;
    const { from, path, field, kind, namespace, name } = reference;
    if (!exists(model, kind, namespace, name))
      yield hit(from, path, `${nameOf(from)}: ${field} names ${nameOf(reference)}, which nobody brings`);
    else
      for (const key of missingKeys(model, reference))
        yield hit(
          from,
          path,
          `${nameOf(from)}: ${field} reads key ${key} of ${nameOf({ kind, namespace, name })}, which has no such key`,
        );
  }
}
