import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind } from '../../selectors.ts';
import { chartsOf } from './charts.ts';

/** https://fluxcd.io/flux/components/source/gitrepositories/#reference */
export const pinned: Rule = {
  id: 'fresh/pinned',
  area: 'fresh',
  severity: 'error',
  title: 'What comes from elsewhere has an exact version',
  why: 'A range or a branch installs what others release, before anybody here has read it.',
  fix: 'Write the exact version, tag or commit; Renovate raises it by pull request.',
  *check(model) {
    for (const { version, object, path } of chartsOf(model))
      if (!dig(object.body, 'spec', 'ref', 'digest') && !/^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(version))
        yield hit(object, path, `${nameOf(object)}: the chart's version is ${version || 'left open'}`);
    for (const object of ofKind(model, 'source.toolkit.fluxcd.io/GitRepository')) {
      const reference = dig(object.body, 'spec', 'ref');
      if (!dig(reference, 'tag') && !dig(reference, 'commit'))
        yield hit(
          object,
          ['spec', 'ref'],
          `${nameOf(object)}: follows ${dig(reference, 'branch') ?? dig(reference, 'semver') ?? 'the default branch'}`,
        );
    }
  },
};
