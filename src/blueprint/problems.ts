import { inspect } from 'node:util';
import * as z from 'zod';
import { didYouMean } from '../suggest.ts';

type Issue = z.core.$ZodIssue;

/** Every problem that zod found, one line each: where, what is wrong, what is allowed. */
export function problems(error: z.ZodError, schema: z.ZodType, input: unknown): string[] {
  return [...new Set(error.issues.flatMap((issue) => describe(issue, schema, input)))];
}

function describe(issue: Issue, schema: z.ZodType, input: unknown): string[] {
  const at = place(issue.path, input);
  const given = valueAt(input, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(schema, issue.path);
    return issue.keys.map(
      (key) => `${at}unknown key "${key}".${didYouMean(key, allowed)} Allowed: ${allowed.join(', ')}`,
    );
  }
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    return issue.issues.map((one) => `${place(issue.path.slice(0, -1), input)}"${key}" ${one.message}`);
  }
  if (issue.code === 'invalid_union' && issue.errors.length) return union(issue, at, schema, input);
  if (given === undefined) return [`${at}is missing`];
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return [
      `${at}"${printed(given)}" is not one of ${values.join(', ')}.${didYouMean(printed(given), values)}`,
    ];
  }
  if (issue.code === 'invalid_type') return [`${at}${wrongType(issue, given)}`];
  // Of a file's content nothing is repeated: it may be the wrong half of a key pair.
  return [`${at}${typeof given === 'string' && !given.includes('\n') ? `"${given}" ` : ''}${issue.message}`];
}

const printed = (value: unknown) => (typeof value === 'string' ? value : inspect(value, { depth: 0 }));

const KINDS: Record<string, string> = {
  object: 'a map',
  array: 'a list',
  record: 'a map',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function wrongType(issue: z.core.$ZodIssueInvalidType, given: unknown): string {
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  const found =
    given === null ? 'nothing' : (KINDS[Array.isArray(given) ? 'array' : typeof given] ?? typeof given);
  return `expected ${KINDS[issue.expected] ?? issue.expected}, not ${found}`;
}

/** Of the alternatives, that one counts whose keys were recognised; when none fits, their common message. */
function union(issue: z.core.$ZodIssueInvalidUnion, at: string, schema: z.ZodType, input: unknown): string[] {
  const fits = (one: Issue) =>
    one.code !== 'unrecognized_keys' &&
    one.code !== 'invalid_value' &&
    (one.path.length > 0 || one.code !== 'invalid_type');
  const inside = issue.errors.filter((errors) => errors.every(fits));
  const known = inside.filter((errors) =>
    errors.every((one) => valueAt(input, [...issue.path, ...one.path]) !== undefined),
  );
  const best =
    shortest(known) ??
    (issue.message === 'Invalid input'
      ? (shortest(inside) ?? issue.errors.at(isScalarUnion(issue) ? 0 : -1))
      : undefined);
  if (!best) return [`${at}${issue.message}`];
  return best.flatMap((one) =>
    describe({ ...one, path: [...issue.path, ...one.path] } as Issue, schema, input),
  );
}

/** Alternatives that differ in type alone: the first is the usual one. */
const isScalarUnion = (issue: z.core.$ZodIssueInvalidUnion) =>
  issue.errors
    .slice(0, 2)
    .every(
      (errors) =>
        errors[0]?.code === 'invalid_type' && ['string', 'number', 'boolean'].includes(errors[0].expected),
    );

const shortest = (alternatives: Issue[][]) => [...alternatives].sort((a, b) => a.length - b.length)[0];

/** `services.frontend.port: `: items of a list by their name where they have one. */
export function place(path: PropertyKey[], input: unknown): string {
  const parts = path.map((key, index) => {
    const item = valueAt(input, path.slice(0, index + 1)) as { name?: unknown } | null | undefined;
    return typeof key === 'number' && typeof item?.name === 'string' ? item.name : String(key);
  });
  return parts.length ? `${parts.join('.')}: ` : 'zero-trust.yaml: ';
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
}

function keysAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  const found = path.reduce<z.core.$ZodType[]>(
    (types, key) => types.flatMap((type) => step(unwrap(type), key)),
    [schema],
  );
  return [
    ...new Set(
      found.flatMap(unwrap).flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape) : [])),
    ),
  ];
}

function step(types: z.core.$ZodType[], key: PropertyKey): z.core.$ZodType[] {
  return types.flatMap((type) => {
    if (type instanceof z.ZodObject) return (type.shape[String(key)] as z.ZodType | undefined) ?? [];
    if (type instanceof z.ZodArray) return type.element;
    return [];
  });
}

function unwrap(type: z.core.$ZodType): z.core.$ZodType[] {
  if (type instanceof z.ZodUnion) return type.options.flatMap(unwrap);
  if (type instanceof z.ZodPipe) return unwrap(type.in);
  const inner = (type as { _zod: { def: { innerType?: z.core.$ZodType } } })._zod.def.innerType;
  return inner ? unwrap(inner) : [type];
}
