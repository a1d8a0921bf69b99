import { join } from 'node:path';
import { UserError } from '../error.ts';
import { BLUEPRINT_PATH } from '../generate.ts';
import { exists } from '../repo/read.ts';
import { readTree } from '../repo/readTree.ts';
import type { Catalog } from '../types/catalog.ts';
import type { Model } from '../verify/model.ts';
import { readModel } from '../verify/read.ts';

/** Reads the repository in a folder back from its files. Manifests that could not be read are among the problems. */
export function readRepository(folder: string, catalog: Catalog): Model {
  // A look at a whole disk would take long to say the same.
  if (!exists(join(folder, BLUEPRINT_PATH)))
    throw new UserError(
      `${folder} holds no ${BLUEPRINT_PATH}: nothing says what the repository is to allow. Name its directory.`,
    );
  const { files, skipped } = readTree(folder);
  const model = readModel(files, catalog);
  const unread = skipped
    .filter(({ path }) => /\.(ya?ml|json)$/i.test(path) || !/\.\w+$/.test(path))
    .map(({ path, reason }) => ({ file: path, message: `${path} ${reason}: nothing in it was checked` }));
  // Exceptions end on a date: what is proven, is proven for today.
  const today = new Date().toISOString().slice(0, 10);
  return { ...model, today, problems: [...model.problems, ...unread] };
}
