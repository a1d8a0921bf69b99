import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text } from '../../selectors.ts';
import { hasSource } from './sources.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#source-reference */
export const missingSource: Rule = {
  id: 'reach/missing-source',
  area: 'reach',
  severity: 'error',
  title: 'The source of a layer does not exist',
  why: 'Flux has nothing to apply: the layer stays empty.',
  fix: 'Correct sourceRef, or restore the source.',
  *check(model) {
    for (const { object } of model.layers) {
      const kind = text(dig(object.body, 'spec', 'sourceRef', 'kind'));
      const name = text(dig(object.body, 'spec', 'sourceRef', 'name'));
      const namespace = text(dig(object.body, 'spec', 'sourceRef', 'namespace')) || object.namespace;
      if (hasSource(model, kind, namespace, name)) continue;
      const source = nameOf({ kind: kind || 'source', namespace, name });
      yield hit(
        object,
        ['spec', 'sourceRef'],
        `${nameOf(object)} takes its files from ${source}, which does not exist`,
      );
    }
  },
};
