import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { REMOVED } from './removed.ts';
import { SERVED } from './served.ts';

/** Groups that are not in the table are somebody else's. */
export const unknownApi: Rule = {
  id: 'fresh/unknown-api',
  area: 'fresh',
  severity: 'error',
  title: 'Every API version exists',
  why: 'The cluster refuses an object of a version that it does not know, and everything behind it waits.',
  fix: 'Write a version that is served.',
  *check(model) {
    for (const object of model.objects) {
      const served = SERVED[object.group];
      const version = object.apiVersion.split('/').at(-1)!;
      // What was taken away has a rule of its own, with what to write instead.
      const isGone = REMOVED.some((one) => one.pattern.test(`${object.apiVersion}/${object.kind}`));
      if (served && !served.includes(version) && !isGone)
        yield hit(
          object,
          ['apiVersion'],
          `${nameOf(object)}: ${object.apiVersion} is served by nobody`,
          `Write ${object.group && `${object.group}/`}${served[0]}`,
        );
    }
  },
};
