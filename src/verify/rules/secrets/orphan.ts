import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, idOf } from '../../references.ts';
import { secretMakers } from '../../secrets/fetched.ts';
import { hit } from '../../selectors.ts';

export const orphan: Rule = {
  id: 'secrets/orphan',
  area: 'secrets',
  severity: 'warning',
  title: 'A sealed secret is read by somebody',
  why: 'A secret that nobody needs any more is still worth stealing, and nobody rotates it.',
  fix: 'Delete the file and its entry in kustomization.yaml, or declare who reads it in zero-trust.yaml.',
  *check(model) {
    const read = new Set([
      ...model.declared.secrets.map((one) => idOf('Secret', one.namespace, one.name)),
      ...allReferences(model)
        .filter((one) => one.kind === 'Secret')
        .map((one) => idOf('Secret', one.namespace, one.name)),
    ]);
    for (const { object, made } of secretMakers(model)) {
      if (!read.has(idOf('Secret', object.namespace, made)))
        yield hit(object, ['metadata', 'name'], `${nameOf(object)}: nobody declares or reads it`);
    }
  },
};
