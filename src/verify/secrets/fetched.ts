import type { KubernetesObject } from '../model.ts';
import { dig, records, text } from '../selectors.ts';

/** The Secret that an ExternalSecret makes. https://external-secrets.io/latest/api/externalsecret/ */
export const fetchedName = ({ name, body }: KubernetesObject): string =>
  text(dig(body, 'spec', 'target', 'name')) || name;

/** The keys of that Secret; undefined where a template or the store itself decides them. */
export function fetchedKeys({ body }: KubernetesObject): string[] | undefined {
  const spec = dig(body, 'spec');
  if (dig(spec, 'target', 'template') || records(dig(spec, 'dataFrom')).length) return undefined;
  return records(dig(spec, 'data')).map((one) => text(one['secretKey']));
}
