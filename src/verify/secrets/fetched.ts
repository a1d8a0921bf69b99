import type { KubernetesObject, Model } from '../model.ts';
import { dig, ofKind, records, text } from '../selectors.ts';

/** The Secret that an ExternalSecret makes. https://external-secrets.io/latest/api/externalsecret/ */
export const fetchedName = ({ name, body }: KubernetesObject): string =>
  text(dig(body, 'spec', 'target', 'name')) || name;

/** The keys of that Secret; undefined where a template or the store itself decides them. */
export function fetchedKeys({ body }: KubernetesObject): string[] | undefined {
  const spec = dig(body, 'spec');
  if (dig(spec, 'target', 'template') || records(dig(spec, 'dataFrom')).length) return undefined;
  return records(dig(spec, 'data')).map((one) => text(one['secretKey']));
}

/** What makes a Secret, each with the Secret's name: its own, but for an ExternalSecret's target. */
export const secretMakers = (model: Model): { object: KubernetesObject; made: string }[] => [
  ...ofKind(model, 'bitnami.com/SealedSecret', '/Secret').map((object) => ({ object, made: object.name })),
  ...ofKind(model, 'external-secrets.io/ExternalSecret').map((object) => ({
    object,
    made: fetchedName(object),
  })),
];
