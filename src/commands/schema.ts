import * as z from 'zod';
import type { Arguments } from '../arguments/parse.ts';
import { blueprintSchema } from '../blueprint/schema.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import type { Io } from '../io.ts';
import { verifySchema } from '../verify/output/schema.ts';

/** Prints the JSON Schema of `zero-trust.yaml`, or with the operand `verify`, of what `verify --json` prints. */
export function schema({ operands }: Arguments, { stdout }: Io): void {
  const document = operands[0] === 'verify' ? verifySchema() : blueprint();
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** As the file is written: what has a default may be left out. */
function blueprint(): object {
  const document = z.toJSONSchema(blueprintSchema(loadCatalog()), { io: 'input', unrepresentable: 'any' });
  return { ...document, title: 'zero-trust.yaml' };
}
