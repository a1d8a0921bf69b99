import { sourceOf } from '../../gitops/charts.ts';
import { isOwnSource, specOf } from '../../gitops/flux.ts';
import { isBelow, isFolderOf, within } from '../../gitops/paths.ts';
import type { Layer, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text, texts } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#path */
export const missingPath: Rule = {
  id: 'reach/missing-path',
  area: 'reach',
  severity: 'error',
  title: 'The folder of a layer is missing or empty',
  why: 'Flux applies nothing of it, and what it applied before is removed when the layer prunes.',
  fix: 'Correct spec.path, or restore the folder.',
  *check(model) {
    for (const layer of model.layers) {
      const { object, objects } = layer;
      const isOwn = isOwnSource(specOf(object));
      if (isOwn && objects.length > 0) continue;
      const path = text(dig(object.body, 'spec', 'path'));
      const problem = isOwn ? ownProblem(model, layer, path) : foreignProblem(model, layer, path);
      if (problem)
        yield hit(
          object,
          ['spec', 'path'],
          `${nameOf(object)} applies ${path || 'the root'}, which ${problem}`,
        );
    }
  },
};

function ownProblem({ files }: Model, { path }: Layer, given: string): string {
  if (within('.', given || '.') === undefined) return 'leads out of the repository';
  return isFolderOf(files, path || given) ? 'holds no object' : 'does not exist';
}

/** https://fluxcd.io/flux/components/source/gitrepositories/#sparse-checkout */
function foreignProblem(model: Model, layer: Layer, given: string): string | undefined {
  const source = sourceOf(model, layer);
  const fetched = texts(dig(source?.body, 'spec', 'sparseCheckout')).map((folder) => within('.', folder));
  const path = within('.', given || '.');
  if (path === undefined) return 'leads out of its source';
  const isFetched =
    fetched.length === 0 || fetched.some((folder) => folder && (folder === path || isBelow(path, folder)));
  return isFetched ? undefined : `${nameOf(source!)} does not fetch`;
}
