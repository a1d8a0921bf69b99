import { UserError } from '../error.ts';
import type { Catalog } from '../types/catalog.ts';
import { checkBlueprint } from './checks/all.ts';
import { problems } from './problems.ts';
import { blueprintSchema, type Blueprint } from './schema.ts';

/**
 * Validates what the user wants and fills in the defaults.
 *
 * @param wanted the parsed `zero-trust.yaml`, or the answers in its form
 * @throws UserError (usage) with every problem at once, one a line
 */
export function makeBlueprint(wanted: unknown, catalog: Catalog): Blueprint {
  const schema = blueprintSchema(catalog);
  const result = schema.safeParse(wanted);
  if (!result.success) throw new UserError(problems(result.error, schema, wanted).join('\n'), 2);
  const found = checkBlueprint(result.data);
  if (found.length) throw new UserError(found.join('\n'), 2);
  return result.data;
}
