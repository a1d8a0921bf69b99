import type { KubernetesObject, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, hit, ofKind } from '../../selectors.ts';

export const keys: Rule = {
  id: 'secrets/keys',
  area: 'secrets',
  severity: 'error',
  title: 'An encrypted Secret has every declared key',
  why: 'A container that reads a key that is not there does not start.',
  fix: 'Seal the Secret again with every key, or take the key out of zero-trust.yaml.',
  *check(model) {
    for (const object of [...ofKind(model, 'bitnami.com/SealedSecret'), ...ofKind(model, '/Secret')]) {
      const declared = model.declared.secrets.find(
        (one) => one.namespace === object.namespace && one.name === object.name,
      );
      const has = keysOf(object);
      const missing = (declared?.keys ?? []).filter((key) => !has.includes(key));
      if (missing.length) yield hit(object, ['spec'], `${nameOf(object)}: lacks ${missing.join(', ')}`);
    }
  },
};

const keysOf = ({ body }: KubernetesObject): string[] =>
  [dig(body, 'spec', 'encryptedData'), body['data'], body['stringData']].flatMap((one) =>
    isObject(one) ? Object.keys(one) : [],
  );
