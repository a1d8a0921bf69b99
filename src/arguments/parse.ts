import { parseArgs } from 'node:util';
import { didYouMean } from '../suggest.ts';
import { UserError } from '../error.ts';
import type { Catalog } from '../types/catalog.ts';
import { COMMANDS, flagsOf, type Command, type Flag } from './flags.ts';

export type FlagValue = string | boolean | string[];

/** What stands on the command line: a command, its directory, and the flags that were given. */
export interface Arguments {
  command: Command;
  /** What a command is about, before its directory: the two ends of `explain`, the document of `schema`. */
  operands: string[];
  directory: string | undefined;
  flags: Record<string, FlagValue>;
}

/** Reads the command line. Throws a usage error with every problem: unknown flags with the nearest known one, missing and bad values. */
export function parseArguments(argv: string[], catalog: Catalog): Arguments {
  const named = COMMANDS.find((one) => one === argv[0]);
  const command = named ?? 'create';
  const flags = flagsOf(command, catalog);
  const rest = named ? argv.slice(1) : argv;
  const { tokens } = parseArgs({
    args: joined(rest, flags),
    options: options(flags),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems: string[] = [];
  const values: Record<string, FlagValue> = {};
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  for (const token of tokens) if (token.kind === 'option') read(token, flags, values, problems);
  const operands = positionals.splice(0, takesOperands(command, positionals));
  if (command === 'explain' && operands.length < 2)
    problems.push('explain needs two names: create-zero-trust explain FROM TO [DIRECTORY]');
  if (command === 'schema' && positionals.length)
    problems.push(`schema takes no directory, but got ${positionals.join(' ')}`);
  if (positionals.length > 1) problems.push(`one directory at most, but got ${positionals.join(' ')}`);
  if (problems.length) throw new UserError(`${problems.join('\n')}\nSee create-zero-trust --help.`, 2);
  return { command, operands, directory: positionals[0], flags: values };
}

/** How many of the words after a command come before its directory. */
function takesOperands(command: Command, [first]: string[]): number {
  if (command === 'schema') return first === 'verify' ? 1 : 0;
  return command === 'explain' ? 2 : 0;
}

type Token = { name: string; rawName: string; value?: string | undefined };

function read(token: Token, flags: Flag[], values: Record<string, FlagValue>, problems: string[]): void {
  const { rawName, value } = token;
  const given = token.name;
  const flag = flags.find((one) => one.name === given || (rawName.length === 2 && one.short === given));
  const negated = flags.find((one) => one.input && one.type === 'switch' && `no-${one.name}` === given);
  if (!flag && !negated) {
    const known = flags.map((one) => one.name);
    problems.push(`unknown flag ${rawName}.${didYouMean(given, known).replace('"', '"--')}`);
  } else if (!flag) values[negated!.name] = false;
  else if (flag.type === 'switch') {
    if (value !== undefined) problems.push(`${rawName} takes no value, but got "${value}"`);
    values[flag.name] = true;
  } else if (value === undefined || value === '')
    problems.push(`${rawName} needs a value: ${rawName} ${flag.value}`);
  else if (flag.type === 'list')
    values[flag.name] = [...((values[flag.name] as string[] | undefined) ?? []), ...items(flag, value)];
  else if (flag.name in values) problems.push(`${rawName} is given twice`);
  else {
    if (flag.options && !flag.options.includes(value)) {
      problems.push(
        `${rawName} "${value}" is not one of ${flag.options.join(', ')}.${didYouMean(value, flag.options)}`,
      );
    }
    values[flag.name] = value;
  }
}

/** Inputs that are lists take commas; a secret's source may hold one. */
const items = (flag: Flag, value: string) =>
  flag.input ? value.split(',').map((item) => item.trim()) : [value];

function options(flags: Flag[]) {
  return Object.fromEntries(
    flags.map(({ name, short, type }) => [
      name,
      { type: type === 'switch' ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
}

/** `--flag --other`: parseArgs would take `--other` for the value. A value that starts with "-" is written `--flag=-x`. */
function joined(argv: string[], flags: Flag[]): string[] {
  const textual = new Set(flags.filter((flag) => flag.type !== 'switch').map((flag) => `--${flag.name}`));
  return argv.map((argument, index) => {
    const next = argv[index + 1];
    const alone = next === undefined || (next.startsWith('-') && next !== '-');
    return textual.has(argument) && alone ? `${argument}=` : argument;
  });
}
