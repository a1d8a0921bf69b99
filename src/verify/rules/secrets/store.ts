import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text } from '../../selectors.ts';
import { clusterStoresOf, fieldsOf, storesOf } from './stores.ts';

/** https://external-secrets.io/latest/api/secretstore/ and https://external-secrets.io/latest/provider/hashicorp-vault/ */
export const store: Rule = {
  id: 'secrets/store',
  area: 'secrets',
  severity: 'error',
  title: 'A store is reached safely, with what is its own',
  why: 'Over plain HTTP whoever is on the way reads the login and every value. A SecretStore that names another namespace is refused, and one for the whole cluster that names none finds nothing.',
  fix: 'Write https, leave the namespace out of references of a SecretStore, and give each of a ClusterSecretStore its namespace.',
  *check(model) {
    for (const one of [...storesOf(model), ...clusterStoresOf(model)]) {
      for (const { path, value } of fieldsOf(one, /^(server|url|vaultUrl|connectHost|host)$/))
        if (/^http:/i.test(text(value)))
          yield hit(one, path, `${nameOf(one)}: is reached over plain HTTP at ${text(value)}`);
      for (const { path, value } of fieldsOf(one, /Ref$|^caProvider$/)) {
        const problem = wrongNamespace(one.namespace, one.kind, value);
        if (problem) yield hit(one, path, `${nameOf(one)}: ${String(path.at(-1))} ${problem}`);
      }
    }
  },
};

function wrongNamespace(home: string, kind: string, reference: unknown): string | undefined {
  const namespace = text(dig(reference, 'namespace'));
  if (kind === 'SecretStore' && namespace && namespace !== home)
    return `names namespace ${namespace}, but may only name its own`;
  if (kind === 'ClusterSecretStore' && !namespace && text(dig(reference, 'name')))
    return 'names no namespace';
  return undefined;
}
