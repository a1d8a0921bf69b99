import { parseArguments } from './arguments/parse.ts';
import { loadCatalog } from './catalog/catalog.ts';
import { create } from './commands/create.ts';
import { explain } from './commands/explain.ts';
import { schema } from './commands/schema.ts';
import { seal } from './commands/seal.ts';
import { verify } from './commands/verify.ts';
import type { Io } from './io.ts';

export { Cancelled } from './io.ts';

/** Runs the one command that the arguments name. */
export async function main(argv: string[], io: Io): Promise<void> {
  const args = parseArguments(argv, loadCatalog());
  const commands = { create, seal, verify, explain, schema };
  return commands[args.command](args, io);
}
