import * as z from 'zod';
import { blueprintSchema } from '../blueprint/schema.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import type { Io } from '../io.ts';

/** Prints the JSON Schema of `zero-trust.yaml`, as it is written: what has a default may be left out. */
export function schema({ stdout }: Io): void {
  const document = z.toJSONSchema(blueprintSchema(loadCatalog()), { io: 'input', unrepresentable: 'any' });
  stdout.write(`${JSON.stringify({ ...document, title: 'zero-trust.yaml' }, null, 2)}\n`);
}
