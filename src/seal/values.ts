import { UserError } from '../error.ts';
import { resolveId } from './resolve.ts';
import { readSource } from './source.ts';
import { parseStdin } from './stdin.ts';
import type { DeclaredSecret, GivenValue, SecretValue, SecretValues } from './types.ts';

export interface ValueSources {
  /** The text of standard input. */
  stdin?: string;
  /** The arguments of `--secret`. */
  secrets?: string[];
  env?: NodeJS.ProcessEnv;
}

/**
 * Collects the values of declared secrets. A secret of which nothing is given stays out; one of which only a part is given is an error.
 * Throws one UserError with every problem, a line each, none of which shows a value.
 */
export function collectValues(declared: DeclaredSecret[], sources: ValueSources): SecretValues {
  const { stdin = '', secrets = [], env = process.env } = sources;
  const problems: string[] = [];
  const values: SecretValues = new Map();
  const given = attempt(problems, () => parseStdin(stdin)) ?? [];
  const read = secrets.map((argument, index) =>
    attempt(problems, () => readSource(argument, index + 1, env)),
  );
  for (const one of [...given, ...read]) if (one) attempt(problems, () => add(values, declared, one));
  if (problems.length === 0) problems.push(...missing(declared, values));
  if (problems.length) throw new UserError(problems.join('\n'), 2);
  return values;
}

function add(values: SecretValues, declared: DeclaredSecret[], given: GivenValue): void {
  const { secret, key } = resolveId(declared, given);
  const id = idOf(secret);
  const keys = values.get(id) ?? new Map();
  if (keys.has(key)) throw new UserError(`${given.where}: ${id}/${key} is given twice.`, 2);
  if (given.value.length === 0) throw new UserError(`${given.where}: the value of ${id}/${key} is empty.`, 2);
  values.set(id, keys.set(key, given.value));
}

function missing(declared: DeclaredSecret[], values: SecretValues): string[] {
  return declared.flatMap((secret) => {
    const keys = values.get(idOf(secret));
    const absent = secret.keys.filter((key) => keys && !keys.has(key));
    return absent.length ? [`${idOf(secret)} is incomplete: no value for ${absent.join(', ')}.`] : [];
  });
}

/** `namespace/name/key` of values of one line that end with a line break, as `echo` writes them: with it, a token is another token. */
export function endingWithLineBreak(values: SecretValues): string[] {
  const isLine = (value: SecretValue) => /^[^\n]+\n$/.test(Buffer.from(value).toString('latin1'));
  return [...values].flatMap(([id, keys]) =>
    [...keys].flatMap(([key, value]) => (isLine(value) ? [`${id}/${key}`] : [])),
  );
}

/** `namespace/name`: how a secret is looked up in SecretValues. */
export function idOf(secret: Pick<DeclaredSecret, 'namespace' | 'name'>): string {
  return `${secret.namespace}/${secret.name}`;
}

function attempt<T>(problems: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
