import * as z from 'zod';
import { didYouMean } from './suggest.ts';

/** Every problem that zod found, one line each: where, what is wrong, what is allowed. */
export function problems(error: z.ZodError, schema: z.ZodType, input: unknown): string[] {
  return error.issues.flatMap((issue) => describe(issue, schema, input));
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): string[] {
  const at = place(issue.path, input);
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(schema, issue.path);
    return issue.keys.map((key) => `${at}unknown key "${key}".${didYouMean(key, allowed)} Allowed: ${allowed.join(', ')}.`);
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const given = String(valueAt(input, issue.path) ?? '');
    return [`${at}"${given}" is not one of ${values.join(', ')}.${didYouMean(given, values)}`];
  }
  if (issue.code === 'invalid_union' && issue.errors.length) return union(issue, at, schema, input);
  const given = valueAt(input, issue.path);
  return [`${at}${typeof given === 'string' ? `"${given}" ` : ''}${issue.message.replace(/^Invalid input: /, '')}.`];
}

/** Of the alternatives, the one that got furthest says most. */
function union(issue: z.core.$ZodIssueInvalidUnion, at: string, schema: z.ZodType, input: unknown): string[] {
  if (issue.message !== 'Invalid input') return [`${at}${issue.message}.`];
  const depth = (issues: z.core.$ZodIssue[]) => Math.max(...issues.map((one) => one.path.length));
  const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
  return best.flatMap((one) => describe({ ...one, path: [...issue.path, ...one.path] } as z.core.$ZodIssue, schema, input));
}

/** `services.frontend.port: `: array items by their name where they have one. */
export function place(path: PropertyKey[], input: unknown): string {
  const parts = path.map((key, index) => {
    const item = valueAt(input, path.slice(0, index + 1)) as { name?: unknown } | undefined;
    return typeof key === 'number' && typeof item?.name === 'string' ? item.name : String(key);
  });
  return parts.length ? `${parts.join('.')}: ` : '';
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

function keysAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  const found = path.reduce<z.core.$ZodType[]>((types, key) => types.flatMap((type) => step(unwrap(type), key)), [schema]);
  return [...new Set(found.flatMap(unwrap).flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape) : [])))];
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
