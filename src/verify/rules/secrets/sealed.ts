import type { Hit, KubernetesObject, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { everyObject } from '../../secrets/objects.ts';
import { dig, hit, text } from '../../selectors.ts';

const SCOPES = ['sealedsecrets.bitnami.com/cluster-wide', 'sealedsecrets.bitnami.com/namespace-wide'];

/** https://github.com/bitnami/sealed-secrets#scopes and pkg/crypto/crypto.go: length of the RSA part, RSA part, AES-GCM part. */
export const sealed: Rule = {
  id: 'secrets/sealed',
  area: 'secrets',
  severity: 'error',
  title: 'A SealedSecret can be decrypted where it is',
  why: 'Ciphertext is bound to name and namespace: a copy, a rename or a placeholder never becomes a Secret. A wider scope lets others decrypt it.',
  fix: 'Seal the value again: `npm create zero-trust@latest -- seal . --secret NAMESPACE/NAME/KEY=file:PATH`.',
  *check(model) {
    for (const object of everyObject(model))
      if (object.group === 'bitnami.com' && object.kind === 'SealedSecret') yield* problemsOf(object);
  },
};

function* problemsOf(object: KubernetesObject): Generator<Hit> {
  const spec = dig(object.body, 'spec');
  const say = (path: (string | number)[], message: string) =>
    hit(object, path, `${nameOf(object)}: ${message}`);
  const values = dig(spec, 'encryptedData');
  if (!isObject(values) || Object.keys(values).length === 0) yield say(['spec'], 'holds no value');
  for (const [key, value] of Object.entries(isObject(values) ? values : {}))
    if (!isCiphertext(value))
      yield say(['spec', 'encryptedData', key], `${key} is no ciphertext of kubeseal`);
  // The form before 2018, encrypted as a whole: https://github.com/bitnami/sealed-secrets/blob/main/pkg/apis/sealedsecrets/v1alpha1/types.go
  if (dig(spec, 'data') !== undefined) yield say(['spec', 'data'], 'uses spec.data, which is deprecated');
  const template = ['spec', 'template', 'metadata'];
  for (const field of ['name', 'namespace'] as const) {
    const other = dig(object.body, ...template, field);
    if (other !== undefined && other !== object[field])
      yield say([...template, field], `${field} of the template is ${other}`);
  }
  for (const scope of SCOPES) {
    const own = object.annotations[scope] === 'true';
    const inTemplate = String(dig(object.body, ...template, 'annotations', scope)) === 'true';
    if (own !== inTemplate)
      yield say(
        ['metadata', 'annotations', scope],
        `${scope} is set on one of SealedSecret and template only`,
      );
    if (own && inTemplate)
      yield say(
        ['metadata', 'annotations', scope],
        `its scope is ${scope.split('/')[1]}: it can be decrypted under other names`,
      );
  }
}

/** Keys have 2048 bits or more; the second part ends with a tag of 16 bytes. */
function isCiphertext(value: unknown): boolean {
  const encoded = text(value).replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return false;
  const bytes = Buffer.from(encoded, 'base64');
  const length = bytes.length > 2 ? bytes.readUInt16BE(0) : 0;
  return [256, 384, 512, 1024].includes(length) && bytes.length >= 2 + length + 16;
}
