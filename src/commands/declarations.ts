import { resolve } from 'node:path';
import type { Answers } from '../answers.ts';
import { parseBlueprint, parseGraph } from '../blueprint/read.ts';
import { readText } from '../repo/read.ts';
import { UserError } from '../error.ts';
import { readAll, type Io } from '../io.ts';
import type { Catalog } from '../types/catalog.ts';

/** Reads what the answers name: the Blueprint of `--config`, and the files whose content is an input's value. */
export async function readDeclarations(
  answers: Answers,
  config: string | undefined,
  catalog: Catalog,
  io: Io,
): Promise<Answers> {
  const inputs = { ...answers.inputs };
  for (const { name, type } of catalog.inputs) {
    if (type === 'file' && typeof inputs[name] === 'string')
      inputs[name] = readText(resolve(io.cwd, inputs[name]));
  }
  if (config === undefined) return { ...answers, inputs };
  const text = config === '-' ? await readStdin(io) : readText(resolve(io.cwd, config));
  return { ...answers, inputs, config: { file: config, text, value: parseBlueprint(text, config) } };
}

async function readStdin(io: Io): Promise<string> {
  if (io.stdin.isTTY)
    throw new UserError('--config - reads a pipe or a file, but standard input is a terminal.', 2);
  return readAll(io);
}

/** The service graph that `--services` means; empty when the Blueprint's own, or the sample, is to be used. */
export function readGraph(
  services: string | undefined,
  catalog: Catalog,
  cwd: string,
): Record<string, unknown> {
  if (services === undefined) return {};
  if (services === 'sample') return { services: structuredClone(catalog.sample) };
  if (services === 'none') return { services: [] };
  return parseGraph(readText(resolve(cwd, services)), services);
}
