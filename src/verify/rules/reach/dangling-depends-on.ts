import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies and https://fluxcd.io/flux/components/helm/helmreleases/#dependencies */
export const danglingDependsOn: Rule = {
  id: 'reach/dangling-depends-on',
  area: 'reach',
  severity: 'error',
  title: 'Something waits for what does not exist',
  why: 'Flux waits for ever: the layer, or the release, is never applied.',
  fix: 'Correct the name under dependsOn, or remove it.',
  *check(model) {
    const groups = [
      model.layers.map((one) => one.object),
      ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease'),
    ];
    for (const objects of groups) {
      const known = new Set(objects.map((one) => `${one.namespace}/${one.name}`));
      for (const object of objects) {
        for (const [index, entry] of records(dig(object.body, 'spec', 'dependsOn')).entries()) {
          const id = `${text(entry['namespace']) || object.namespace}/${text(entry['name'])}`;
          if (known.has(id)) continue;
          yield hit(
            object,
            ['spec', 'dependsOn', index],
            `${nameOf(object)} waits for ${id}, which does not exist`,
          );
        }
      }
    }
  },
};
