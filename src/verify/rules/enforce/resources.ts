import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { containersOf, dig, hit, templatesOf } from '../../selectors.ts';

/** CPU may be throttled; memory that is gone takes the neighbours along: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
export const resources: Rule = {
  id: 'enforce/resources',
  area: 'enforce',
  severity: 'warning',
  title: 'Containers have a limit of memory',
  why: 'One container without a limit can take the memory of every other on its node.',
  fix: 'Set resources.limits.memory.',
  *check(model) {
    for (const template of templatesOf(model))
      for (const { container, path } of containersOf(template)) {
        // Debug containers cannot have one.
        if (path.includes('ephemeralContainers') || dig(container, 'resources', 'limits', 'memory')) continue;
        const { object } = template;
        yield hit(
          object,
          [...path, 'resources'],
          `${nameOf(object)}: container ${container['name']} has no limit of memory`,
        );
      }
  },
};
