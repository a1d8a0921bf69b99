import { isOwnSource, specOf } from '../../gitops/flux.ts';
import { within } from '../../gitops/paths.ts';
import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#path */
export const missingPath: Rule = {
  id: 'reach/missing-path',
  area: 'reach',
  severity: 'error',
  title: 'The folder of a layer is missing or empty',
  why: 'Flux applies nothing of it, and what it applied before is removed when the layer prunes.',
  fix: 'Correct spec.path, or restore the folder.',
  *check({ layers, files }) {
    for (const { object, path, objects } of layers) {
      if (!isOwnSource(specOf(object)) || objects.length > 0) continue;
      const given = text(dig(object.body, 'spec', 'path'));
      const isThere = path && [...files.keys()].some((file) => path === '.' || file.startsWith(`${path}/`));
      const what =
        within('.', given || '.') === undefined
          ? 'leads out of the repository'
          : isThere
            ? 'holds no object'
            : 'does not exist';
      yield hit(object, ['spec', 'path'], `${nameOf(object)} applies ${given || 'the root'}, which ${what}`);
    }
  },
};
