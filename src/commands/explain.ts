import { resolve } from 'node:path';
import type { Arguments } from '../arguments/parse.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import { UserError } from '../error.ts';
import type { Io } from '../io.ts';
import { explain as explainPair } from '../verify/explain.ts';
import { explanationText } from '../verify/output/explanation.ts';
import { readRepository } from './read-repository.ts';

/** Tells why one end may or may not reach another: each layer's verdict, and the object behind it. */
export function explain({ operands, directory = '.', flags }: Arguments, io: Io): void {
  const port = portOf(flags['port'] as string | undefined);
  const model = readRepository(resolve(io.cwd, directory), loadCatalog());
  const [from = '', to = ''] = operands;
  const found = explainPair(model, from, to, port === undefined ? {} : { port });
  io.stdout.write(`${found.map(explanationText).join('\n\n')}\n`);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new UserError(`--port "${text}" is no port: a number from 1 to 65535`, 2);
}
