import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { pinsOf, relation } from './pins.ts';

export const tested: Rule = {
  id: 'fresh/tested',
  area: 'fresh',
  severity: 'note',
  title: 'Versions are those that were tested together',
  why: 'Mesh, gateway and kinds depend on each other: a newer version may well work, but this release of the tool was not tested with it.',
  fix: 'Compare the changes of both versions, or update the tool.',
  *check(model) {
    for (const { what, object, path, is, tested: wanted } of pinsOf(model))
      if (relation(is, wanted) === 'newer')
        yield hit(object, path, `${nameOf(object)}: ${what} is ${is}, tested is ${wanted}`);
  },
};
