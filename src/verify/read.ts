import { makeBlueprint } from '../blueprint/blueprint.ts';
import { parseBlueprint } from '../blueprint/read.ts';
import { UserError } from '../error.ts';
import { makePlan } from '../plan/plan.ts';
import type { Catalog } from '../types/catalog.ts';
import type { Files } from '../types/files.ts';
import { findEntry } from './gitops/entry.ts';
import { bootstrapStandIns } from './gitops/flux-bootstrap.ts';
import { readFlux } from './gitops/flux.ts';
import { openRepository } from './gitops/repository.ts';
import { fetchedFiles } from './gitops/source-ignore.ts';
import { findUnreachable } from './gitops/unreachable.ts';
import type { Model } from './model.ts';

const DECLARATION = 'zero-trust.yaml';

/**
 * Reads a repository back from its files as GitOps would, and what its `zero-trust.yaml` declares. Pure: no disk, no process.
 *
 * @throws UserError when there is no `zero-trust.yaml`, or none that can be planned
 */
export function readModel(files: Files, catalog: Catalog): Model {
  const { blueprint, declared } = readDeclared(files, catalog);
  const entry = findEntry(files, blueprint.name);
  const repository = openRepository(fetchedFiles(files), bootstrapStandIns(files, entry ?? ''));
  const { layers, bootstrapped } = entry ? readFlux(repository, entry) : { layers: [], bootstrapped: [] };
  const reached = new Set(layers.flatMap((layer) => layer.files));
  return {
    files,
    objects: layers.flatMap((layer) => layer.objects),
    layers,
    unreachable: findUnreachable(files, repository, reached),
    blueprint,
    declared,
    problems: repository.problems,
    remarks: repository.remarks,
    bootstrapped,
  };
}

function readDeclared(files: Files, catalog: Catalog): Pick<Model, 'blueprint' | 'declared'> {
  const text = files.get(DECLARATION);
  if (text === undefined)
    throw new UserError(`There is no ${DECLARATION}: nothing says what this repository is to allow.`);
  const blueprint = unreadable(() => makeBlueprint(parseBlueprint(text, DECLARATION), catalog));
  const draft = unreadable(() => makePlan(blueprint, catalog, new Set()));
  const sealed = draft.secrets
    .filter((one) => files.has(one.path))
    .map(({ namespace, name }) => `${namespace}/${name}`);
  return { blueprint, declared: sealed.length ? makePlan(blueprint, catalog, new Set(sealed)) : draft };
}

/** Exit code 1 whatever is wrong: the file, not the command line, is what cannot be used. */
function unreadable<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${DECLARATION} cannot be planned:\n${error.message}`);
  }
}
