import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, selects, templatesOf, text } from '../../selectors.ts';

/** What the platform runs without a chart: in such namespaces the repository makes every pod. */
export const platform: Rule = {
  id: 'select/platform',
  area: 'select',
  severity: 'error',
  title: 'What the platform declares runs, as the account that it declares',
  why: 'Rules for pods that nothing runs wait for whoever takes their labels; with the account of another, pods have its rights.',
  fix: 'Restore the workload, or its serviceAccountName.',
  *check(model) {
    const { endpoints, namespaces, releases } = model.declared;
    const filled = new Set([
      ...releases.map((one) => one.namespace),
      ...ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease').map((one) =>
        dig(one.body, 'spec', 'targetNamespace'),
      ),
    ]);
    const own = namespaces
      .filter((one) => one.kind === 'platform' && !filled.has(one.name))
      .map((one) => one.name);
    for (const { id, kind, namespace, labels, serviceAccount } of endpoints) {
      if (kind !== 'pods' || !own.includes(namespace) || Object.keys(labels).length === 0) continue;
      const here = templatesOf(model).filter(({ object }) => object.namespace === namespace);
      const found = here.filter((one) => selects({ matchLabels: labels }, one.labels));
      if (here.length && found.length === 0)
        yield {
          file: here[0]!.object.file,
          message: `${id} is declared, but no workload of namespace ${namespace} runs pods ${JSON.stringify(labels)}`,
        };
      for (const { object, spec, path } of found)
        if (serviceAccount && text(spec['serviceAccountName']) !== serviceAccount)
          yield hit(
            object,
            [...path, 'spec', 'serviceAccountName'],
            `${nameOf(object)}: runs as ${text(spec['serviceAccountName']) || 'default'}; declared is ${serviceAccount}`,
          );
    }
  },
};
