import { basename, resolve } from 'node:path';
import type { Arguments, FlagValue } from './arguments/parse.ts';
import { flagsOf } from './arguments/flags.ts';
import type { Catalog } from './types/catalog.ts';

/** What the user said so far, by question. What is absent was not answered. */
export interface Answers {
  directory?: string;
  name?: string;
  choices: Record<string, string>;
  inputs: Record<string, FlagValue>;
  /** `sample`, `none`, or a file that holds them. */
  services?: string;
  /** The Blueprint that was read from a file: as parsed, and as text. */
  config?: { value: Record<string, unknown>; text: string; file: string };
}

/** The answers that the command line gives. */
export function answersOf({ directory, flags }: Arguments, catalog: Catalog): Answers {
  const known = flagsOf('create', catalog);
  const pick = (kind: 'slot' | 'input') =>
    known.flatMap((flag) =>
      flag[kind] !== undefined && flag.name in flags ? [[flag[kind], flags[flag.name]!] as const] : [],
    );
  return {
    ...(directory !== undefined && { directory }),
    ...(typeof flags['name'] === 'string' && { name: flags['name'] }),
    ...(typeof flags['services'] === 'string' && { services: flags['services'] }),
    choices: Object.fromEntries(pick('slot')) as Record<string, string>,
    inputs: Object.fromEntries(pick('input')),
  };
}

/** The answer to a slot or input: a flag wins over the file. */
export function answered(answers: Answers, kind: 'choices' | 'inputs', name: string): unknown {
  const file = answers.config?.value[kind] as Record<string, unknown> | undefined;
  return answers[kind][name] ?? file?.[name];
}

/** The cluster's name: as given, else the directory's name made a label. */
export function nameOf(answers: Answers, cwd: string): string {
  if (answers.name !== undefined) return answers.name;
  const given = answers.config?.value['name'];
  if (typeof given === 'string') return given;
  const folder = basename(resolve(cwd, answers.directory ?? '.'));
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63)
      .replace(/-+$/, '') || 'my-cluster'
  );
}

/**
 * The Blueprint's form of all answers: the file's content, flags over it.
 *
 * @param graph services, and what comes with them, when `services` was answered
 */
export function wantedOf(
  answers: Answers,
  cwd: string,
  graph?: Record<string, unknown>,
): Record<string, unknown> {
  const file = (answers.config?.value ?? {}) as { choices?: object; inputs?: object };
  return {
    ...file,
    ...graph,
    name: nameOf(answers, cwd),
    choices: merged(file.choices, answers.choices),
    inputs: merged(file.inputs, answers.inputs),
  };
}

/** A file whose `choices` is no map is left for validation to refuse. */
function merged(file: unknown, flags: object): unknown {
  if (file !== undefined && (typeof file !== 'object' || file === null || Array.isArray(file))) return file;
  return { ...file, ...flags };
}
