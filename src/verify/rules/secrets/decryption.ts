import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { isSops } from '../../secrets/leaves.ts';
import { dig, hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption: no layer inherits it. */
export const decryption: Rule = {
  id: 'secrets/decryption',
  area: 'secrets',
  severity: 'error',
  title: 'A layer that holds encrypted files decrypts them',
  why: 'Without it the cluster gets the ciphertext as the value.',
  fix: 'Add spec.decryption with provider and secretRef to the Kustomization.',
  *check(model) {
    const wanted = model.declared.provides['secrets']?.['decryption'];
    for (const { name, object, decrypts, objects } of model.layers) {
      const encrypted = objects.filter(isSops);
      if (encrypted.length && !decrypts)
        yield hit(
          object,
          ['spec'],
          `${nameOf(object)}: applies ${nameOf(encrypted[0]!)} without decrypting it`,
        );
      const secret = dig(object.body, 'spec', 'decryption', 'secretRef', 'name');
      if (decrypts && wanted && secret !== dig(wanted, 'secret'))
        yield hit(
          object,
          ['spec', 'decryption'],
          `${nameOf(object)}: layer ${name} decrypts with ${secret ?? 'no Secret'}, which is ${dig(wanted, 'secret')}`,
        );
    }
  },
};
