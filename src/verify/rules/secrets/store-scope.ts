import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, texts } from '../../selectors.ts';
import { clusterStoresOf } from './stores.ts';

/** https://external-secrets.io/latest/guides/security-best-practices/ (namespace isolation) */
export const storeScope: Rule = {
  id: 'secrets/store-scope',
  area: 'secrets',
  severity: 'error',
  title: 'A store for the whole cluster says which namespaces may use it',
  why: 'Without conditions, whoever may write an ExternalSecret in any namespace reads all that the store gives.',
  fix: 'Use one SecretStore per namespace, or list the namespaces under spec.conditions.',
  *check(model) {
    for (const store of clusterStoresOf(model)) {
      const conditions = records(dig(store.body, 'spec', 'conditions'));
      if (conditions.length === 0) yield hit(store, ['spec'], `${nameOf(store)}: every namespace may use it`);
      for (const [index, one] of conditions.entries())
        if (isOpen(one))
          yield hit(
            store,
            ['spec', 'conditions', index],
            `${nameOf(store)}: condition ${index + 1} lets every namespace in`,
          );
    }
  },
};

/** One of the three suffices, so one that matches everything opens all. */
function isOpen(condition: Record<string, unknown>): boolean {
  const selector = condition['namespaceSelector'];
  const names = texts(condition['namespaces']);
  const patterns = texts(condition['namespaceRegexes']);
  const selectsAll =
    selector !== undefined &&
    Object.keys((dig(selector, 'matchLabels') as object | undefined) ?? {}).length === 0 &&
    records(dig(selector, 'matchExpressions')).length === 0;
  return (
    selectsAll ||
    patterns.some((one) => /^\^?\.[*+]\$?$/.test(one)) ||
    (selector === undefined && names.length === 0 && patterns.length === 0)
  );
}
