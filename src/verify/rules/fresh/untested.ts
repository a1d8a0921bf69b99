import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { pinsOf, relation } from './pins.ts';

export const untested: Rule = {
  id: 'fresh/untested',
  area: 'fresh',
  severity: 'warning',
  title: 'No version is older than the tested one, or another major',
  why: 'An older version lacks fixes and fields that the manifests here use; another major version may read them otherwise.',
  fix: 'Take the tested version.',
  *check(model) {
    for (const { what, object, path, is, tested } of pinsOf(model))
      if (relation(is, tested) === 'other')
        yield hit(
          object,
          path,
          `${nameOf(object)}: ${what} is ${is || 'of no version'}, tested is ${tested}`,
          `Write ${tested}`,
        );
  },
};
