import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { containersOf, dig, hit, records, templatesOf } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/storage/volumes/ */
export const volume: Rule = {
  id: 'select/volume',
  area: 'select',
  severity: 'error',
  title: 'What a container mounts is a volume of its pod',
  why: 'The API server refuses a workload that mounts a volume that it does not have.',
  fix: 'Use the name of a volume or of a volumeClaimTemplate.',
  *check(model) {
    for (const template of templatesOf(model)) {
      const { object, spec } = template;
      const claims = records(dig(object.body, 'spec', 'volumeClaimTemplates')).map((one) =>
        dig(one, 'metadata', 'name'),
      );
      const names = new Set([...records(spec['volumes']).map((one) => one['name']), ...claims]);
      for (const { container, path } of containersOf(template))
        for (const [index, mount] of records(container['volumeMounts']).entries())
          if (!names.has(mount['name']))
            yield hit(
              object,
              [...path, 'volumeMounts', index],
              `${nameOf(object)}: container ${container['name']} mounts ${mount['name']}, which is no volume of the pod`,
            );
    }
  },
};
