import type { KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { fetchedName } from '../../secrets/fetched.ts';
import { dig, hit, ofKind, text, type Path } from '../../selectors.ts';
import { find } from '../select/find.ts';

/** https://external-secrets.io/latest/guides/ownership-deletion-policy/ and https://external-secrets.io/latest/api/externalsecret/#update-behavior-with-3-different-refresh-policies */
export const fetched: Rule = {
  id: 'secrets/fetched',
  area: 'secrets',
  severity: 'error',
  title: 'Declared Secrets are fetched, and follow the store',
  why: 'A value that is fetched once stays what it was when it is rotated; one that goes with the store’s entry stops pods by a slip elsewhere; two owners of a Secret overwrite each other.',
  fix: 'Use refreshPolicy Periodic with an interval, creationPolicy Owner and deletionPolicy Retain, and keep a Secret of that name out of Git.',
  *check(model) {
    const seen = new Map<string, KubernetesObject>();
    for (const object of ofKind(model, 'external-secrets.io/ExternalSecret')) {
      for (const { path, message } of problemsOf(object))
        yield hit(object, path, `${nameOf(object)}: ${message}`);
      const name = fetchedName(object);
      const id = `${object.namespace}/${name}`;
      const rival =
        find(model, 'Secret', object.namespace, name) ??
        find(model, 'SealedSecret', object.namespace, name) ??
        seen.get(id);
      if (rival && policyOf(object) === 'Owner')
        yield hit(
          object,
          ['spec', 'target'],
          `${nameOf(object)}: Secret ${id} has another owner, ${nameOf(rival)}`,
        );
      seen.set(id, object);
    }
    for (const { namespace, name, referred, usedBy } of model.declared.secrets) {
      const id = `${namespace}/${name}`;
      if (!referred || seen.has(id) || find(model, 'SealedSecret', namespace, name)) continue;
      const message = `Secret ${id}: no ExternalSecret fetches it for ${usedBy.join(', ')}`;
      yield { file: 'zero-trust.yaml', object: `Secret ${id}`, message };
    }
  },
};

const policyOf = ({ body }: KubernetesObject): string =>
  text(dig(body, 'spec', 'target', 'creationPolicy')) || 'Owner';

function problemsOf({ body }: KubernetesObject): { path: Path; message: string }[] {
  const spec = dig(body, 'spec');
  const refresh = text(dig(spec, 'refreshPolicy')) || 'Periodic';
  const interval = String(dig(spec, 'refreshInterval') ?? '1h');
  const creation = dig(spec, 'target', 'creationPolicy');
  return [
    ...(refresh !== 'Periodic'
      ? [
          {
            path: ['spec', 'refreshPolicy'],
            message: `is fetched ${refresh}: a rotated value does not arrive`,
          },
        ]
      : /^(0[a-z]*)+$/.test(interval)
        ? [{ path: ['spec', 'refreshInterval'], message: 'is fetched once: a rotated value does not arrive' }]
        : []),
    ...(creation === 'None'
      ? [{ path: ['spec', 'target', 'creationPolicy'], message: 'makes no Secret (creationPolicy None)' }]
      : []),
    ...(dig(spec, 'target', 'deletionPolicy') === 'Delete'
      ? [
          {
            path: ['spec', 'target', 'deletionPolicy'],
            message: 'deletes the Secret when its entry in the store is gone',
          },
        ]
      : []),
  ];
}
