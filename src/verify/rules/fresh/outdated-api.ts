import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { OUTDATED } from './controller-apis.ts';

export const outdatedApi: Rule = {
  id: 'fresh/outdated-api',
  area: 'fresh',
  severity: 'warning',
  title: 'No API version is on its way out',
  why: 'An outdated version is served until the upgrade that takes it away, which is then the wrong time to learn the new one.',
  fix: 'Write the newer version and read its changes.',
  *check(model) {
    for (const object of model.objects) {
      const found = OUTDATED.find((one) => one.pattern.test(`${object.apiVersion}/${object.kind}`));
      if (found)
        yield hit(
          object,
          ['apiVersion'],
          `${nameOf(object)}: ${object.apiVersion} is outdated`,
          `Write ${found.instead}: ${found.source}`,
        );
    }
  },
};
