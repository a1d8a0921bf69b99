import type { KubernetesObject, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { fetchedKeys, secretMakers } from '../../secrets/fetched.ts';
import { dig, hit } from '../../selectors.ts';

export const keys: Rule = {
  id: 'secrets/keys',
  area: 'secrets',
  severity: 'error',
  title: 'A Secret has every declared key',
  why: 'A container that reads a key that is not there does not start.',
  fix: 'Seal the Secret again with every key, name the key in the ExternalSecret, or take it out of zero-trust.yaml.',
  *check(model) {
    for (const { object, made } of secretMakers(model)) {
      const declared = model.declared.secrets.find(
        (one) => one.namespace === object.namespace && one.name === made,
      );
      const has = object.kind === 'ExternalSecret' ? fetchedKeys(object) : keysOf(object);
      if (!has) continue;
      const missing = (declared?.keys ?? []).filter((key) => !has.includes(key));
      if (missing.length) yield hit(object, ['spec'], `${nameOf(object)}: lacks ${missing.join(', ')}`);
    }
  },
};

const keysOf = ({ body }: KubernetesObject): string[] =>
  [dig(body, 'spec', 'encryptedData'), body['data'], body['stringData']].flatMap((one) =>
    isObject(one) ? Object.keys(one) : [],
  );
