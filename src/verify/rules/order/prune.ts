import { isKnownSource } from '../../gitops/brought-by.ts';
import { sourceUrl } from '../../gitops/charts.ts';
import { isOwnSource, specOf } from '../../gitops/flux.ts';
import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';

const KEEP = 'kustomize.toolkit.fluxcd.io/prune';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#prune */
export const prune: Rule = {
  id: 'order/prune',
  area: 'order',
  severity: 'warning',
  title: 'A slip in Git would delete data',
  why: 'A Namespace or a kind that leaves Git, by a moved file or a wrong path, is deleted with everything in it.',
  fix: `Annotate the object with ${KEEP}: disabled, or set prune: false on its layer.`,
  *check(model) {
    for (const layer of model.layers.filter((one) => one.prunes)) {
      if (!isOwnSource(specOf(layer.object)) && isKnownSource(sourceUrl(model, layer)))
        yield hit(
          layer.object,
          ['spec', 'prune'],
          `layer ${layer.name} brings kinds and prunes them`,
          'set prune: false',
        );
      for (const object of layer.objects) {
        if (!/^(Namespace|CustomResourceDefinition)$/.test(object.kind)) continue;
        if ([object.annotations[KEEP], object.labels[KEEP]].includes('disabled')) continue;
        yield hit(
          object,
          ['metadata', 'annotations'],
          `${nameOf(object)} is deleted when it leaves Git, with everything in it`,
          `annotate it with ${KEEP}: disabled`,
        );
      }
    }
  },
};
