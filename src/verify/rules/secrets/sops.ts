import type { Hit, KubernetesObject, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { isSops } from '../../secrets/leaves.ts';
import { everyObject } from '../../secrets/objects.ts';
import { creationRules, keysOf, type CreationRule } from '../../secrets/sops.ts';
import { dig, hit, text } from '../../selectors.ts';

/** https://getsops.io/docs/#encrypting-using-age and https://fluxcd.io/flux/guides/mozilla-sops/ */
export const sops: Rule = {
  id: 'secrets/sops',
  area: 'secrets',
  severity: 'error',
  title: 'An encrypted file is encrypted as .sops.yaml says',
  why: 'A value that was added by hand stays plain. A recipient who was taken out of .sops.yaml reads old files; one who was added cannot.',
  fix: '`sops updatekeys FILE` for recipients; `sops edit FILE` to add values.',
  *check(model) {
    const rules = creationRules(model);
    for (const object of everyObject(model).filter(isSops)) {
      yield* plainValues(object);
      const rule = rules?.find((one) => one.matches(object.file));
      if (rule) yield* unlike(object, rule);
      else yield hit(object, ['sops'], `${nameOf(object)}: no rule of .sops.yaml is for ${object.file}`);
    }
  },
};

function* plainValues(object: KubernetesObject): Generator<Hit> {
  for (const field of ['data', 'stringData'])
    for (const [key, value] of Object.entries(dig(object.body, field) ?? {}))
      if (!/^ENC\[AES256_GCM,data:[^\]]*\]$/.test(String(value)) && value !== '')
        yield hit(object, [field, key], `${nameOf(object)}: ${field}.${key} is not encrypted`);
  // The controller finds the object by them: https://fluxcd.io/flux/guides/mozilla-sops/#encrypting-secrets-using-age
  if (JSON.stringify([object.apiVersion, object.kind, object.body['metadata']]).includes('ENC['))
    yield hit(object, ['metadata'], `${object.file}: apiVersion, kind and metadata must not be encrypted`);
}

function* unlike(object: KubernetesObject, rule: CreationRule): Generator<Hit> {
  const metadata = object.body['sops'];
  const keys = keysOf(metadata);
  const say = (message: string) => hit(object, ['sops'], `${nameOf(object)}: ${message}`);
  const missing = [...rule.keys].filter((one) => !keys.has(one));
  const extra = [...keys].filter((one) => !rule.keys.has(one));
  if (missing.length) yield say(`is not encrypted for ${missing.join(', ')}`);
  if (extra.length) yield say(`is also encrypted for ${extra.join(', ')}, who is not in .sops.yaml`);
  if (text(dig(metadata, 'encrypted_regex')) !== rule.encryptedRegex)
    yield say(
      `encrypted_regex is ${dig(metadata, 'encrypted_regex') ?? 'missing'}, in .sops.yaml ${rule.encryptedRegex || 'missing'}`,
    );
  if (isObject(metadata) && !text(metadata['mac']).startsWith('ENC['))
    yield say('has no MAC, so that changes go unnoticed');
}
