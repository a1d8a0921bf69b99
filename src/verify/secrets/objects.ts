import type { KubernetesObject, Model } from '../model.ts';
import { objectsIn } from '../object.ts';

const cache = new WeakMap<Model, KubernetesObject[]>();
const YAML = /\.(ya?ml|json)(\.\w+)?$/;
const SECRET = /\bkind["']?\s*:\s*["']?Secret\b|\bsops["']?\s*:|\b(SealedSecret|secretGenerator)\b/;
/** Words without which no name stands for a secret. */
const WORDS =
  /passw|passphrase|pwd|\bpass\b|token|secret|credential|psk|(api|access|private|auth|encryption|signing|account|shared|master|license|session)[_-]?key/i;
/** Fields of Kubernetes that have such words and hold no secret. */
const FIELDS = /automountServiceAccountToken|secret(Name|KeyRef|Ref)\b|imagePullSecrets/g;

/**
 * Objects of every file, applied or not: what lies in Git is read by everybody who may read Git.
 * Files are read again as they are, since a patch takes nothing out of them, but only those that hold a Secret, or that nothing applies and that have a word for one.
 */
export function everyObject(model: Model): KubernetesObject[] {
  const found = cache.get(model);
  if (found) return found;
  const applied = new Set(model.objects.map((one) => one.file));
  const again = [...model.files].filter(
    ([file, text]) =>
      YAML.test(file) &&
      (applied.has(file) ? /secret|sops/i.test(text) : text.includes('apiVersion')) &&
      (SECRET.test(text) || (!applied.has(file) && WORDS.test(text.replaceAll(FIELDS, '')))),
  );
  const raw = again.flatMap(([file, text]) => objectsIn(file, text).objects);
  const read = new Set(raw.map(keyOf));
  const objects = [...raw, ...model.objects.filter((one) => !read.has(keyOf(one)))];
  cache.set(model, objects);
  return objects;
}

const keyOf = ({ file, kind, name }: KubernetesObject) => JSON.stringify([file, kind, name]);
