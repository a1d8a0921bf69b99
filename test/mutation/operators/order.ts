import { edits, isList, put, remove, type Operators } from '../mutant.ts';
import type { Any, Repository } from '../repository.ts';

/** Layers that wait for the wrong thing, or for nothing. */
export const ORDER: Operators = {
  'order/drop-depends-on': edits(/Kustomization|HelmRelease/, ({ spec }) =>
    dependsOn(spec).map((_, index) => remove(['spec', 'dependsOn', index])),
  ),
  'order/drop-all-depends-on': edits(/Kustomization|HelmRelease/, ({ spec }) => [
    dependsOn(spec).length > 0 && remove(['spec', 'dependsOn']),
  ]),
  'order/rename-depends-on': edits(/Kustomization|HelmRelease/, ({ spec }) =>
    dependsOn(spec).map(({ name }, index) => put(['spec', 'dependsOn', index, 'name'], `${name}-old`)),
  ),
  // The layer waits for one that waits for it.
  'order/cycle': edits(/Kustomization/, ({ metadata, spec }, repository) =>
    dependants(repository, metadata?.name).map((name) =>
      put(['spec', 'dependsOn'], [...dependsOn(spec), { name }]),
    ),
  ),
  'order/self': edits(/Kustomization/, (object) => [
    !isList(object) &&
      put(['spec', 'dependsOn'], [...dependsOn(object.spec), { name: object.metadata.name }]),
  ]),
  'order/no-wait': edits(/Kustomization/, ({ metadata, spec }, repository) =>
    spec?.wait && dependants(repository, metadata.name).length
      ? [put(['spec', 'wait'], false), remove(['spec', 'wait'])]
      : [],
  ),
  'order/drop-readiness': edits(/Kustomization/, ({ spec }) => [
    spec?.healthCheckExprs && remove(['spec', 'healthCheckExprs']),
  ]),
  'order/prune-kinds': edits(/Kustomization/, ({ spec }) => [
    spec?.prune === false && put(['spec', 'prune'], true),
  ]),
  'order/no-prune': edits(/Kustomization/, ({ spec }) => [spec?.prune && put(['spec', 'prune'], false)]),
  'order/prune-namespace': edits(/Namespace/, ({ metadata }) => [
    metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] && remove(['metadata', 'annotations']),
  ]),
};

const dependsOn = (spec: Any): { name: string }[] => spec?.dependsOn ?? [];
const dependants = ({ places }: Repository, name: string): string[] =>
  places
    .filter(
      ({ object }) =>
        object.kind === 'Kustomization' && dependsOn(object.spec).some((one) => one.name === name),
    )
    .map(({ object }) => object.metadata.name as string);
