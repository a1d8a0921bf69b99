import type { Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { isSops } from '../../secrets/leaves.ts';
import { everyObject } from '../../secrets/objects.ts';
import { dig, hit, records } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/configuration/secret/: values are encoded, which hides nothing. */
export const plaintext: Rule = {
  id: 'secrets/plaintext',
  area: 'secrets',
  severity: 'error',
  title: 'No Secret lies in Git in plain text',
  why: 'Whoever can read the repository, its forks or its history has the value. Base64 is no encryption.',
  fix: 'Change the value, then `npm create zero-trust@latest -- seal . --secret NAMESPACE/NAME/KEY=file:PATH`; take the plain file out of the history.',
  *check(model) {
    for (const object of everyObject(model)) {
      if (object.group === '' && object.kind === 'Secret' && !isSops(object))
        for (const field of ['data', 'stringData']) {
          const values = dig(object.body, field);
          const keys = Object.entries(isObject(values) ? values : {}).filter(
            ([, value]) => value !== '' && value !== null,
          );
          for (const [key] of keys)
            yield hit(object, [field, key], `${nameOf(object)}: ${field}.${key} is plain text`);
        }
      if (object.group === 'kustomize.config.k8s.io')
        for (const [index, one] of records(object.body['secretGenerator']).entries())
          yield hit(
            object,
            ['secretGenerator', index],
            `${object.file}: secretGenerator makes ${one['name']} from plain text in the repository`,
          );
    }
  },
};
