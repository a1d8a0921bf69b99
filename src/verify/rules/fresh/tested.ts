import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind } from '../../selectors.ts';
import { chartsOf } from './charts.ts';

/** Versions that this release of the tool was tested with, together. */
export const tested: Rule = {
  id: 'fresh/tested',
  area: 'fresh',
  severity: 'note',
  title: 'Versions are those that were tested together',
  why: 'Mesh, gateway and kinds depend on each other: another version may well work, but nobody has seen it.',
  fix: 'Compare the changes of both versions, or take the tested one.',
  *check(model) {
    const { releases, layers } = model.declared;
    for (const { name, namespace, version, object, path } of chartsOf(model)) {
      const declared = releases.find((one) => one.name === name && one.namespace === namespace);
      if (declared && version !== declared.version)
        yield hit(
          object,
          path,
          `${nameOf(object)}: ${name} is ${version || 'of no version'}, tested is ${declared.version}`,
        );
    }
    for (const object of ofKind(model, 'source.toolkit.fluxcd.io/GitRepository')) {
      const { source } = layers.find((one) => one.source?.url === dig(object.body, 'spec', 'url')) ?? {};
      const tag = dig(object.body, 'spec', 'ref', 'tag');
      if (source && tag !== source.tag)
        yield hit(
          object,
          ['spec', 'ref'],
          `${nameOf(object)}: is ${tag ?? 'of no tag'}, tested is ${source.tag}`,
        );
    }
  },
};
