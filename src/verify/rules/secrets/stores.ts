import type { KubernetesObject, Model } from '../../model.ts';
import { isObject } from '../../object.ts';
import { dig, ofKind, type Path } from '../../selectors.ts';

const GROUP = 'external-secrets.io';

/** https://external-secrets.io/latest/introduction/overview/#secretstore */
export const storesOf = (model: Model): KubernetesObject[] => ofKind(model, `${GROUP}/SecretStore`);
export const clusterStoresOf = (model: Model): KubernetesObject[] =>
  ofKind(model, `${GROUP}/ClusterSecretStore`);

/** A field of a store, wherever its provider has it. */
export interface Field {
  path: Path;
  value: unknown;
}

/** Fields of a store by their names. */
export function fieldsOf({ body }: KubernetesObject, wanted: RegExp): Field[] {
  const walk = (value: unknown, path: Path): Field[] =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => {
          const here = [...path, key];
          return [...(wanted.test(key) ? [{ path: here, value: item }] : []), ...walk(item, here)];
        })
      : [];
  return walk(dig(body, 'spec', 'provider'), ['spec', 'provider']);
}
