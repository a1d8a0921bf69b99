import type { HttpRule } from '../../types/connections.ts';
import type { Requests } from './types.ts';

/** Marks a pattern that is a regular expression of its own: nothing but itself and `*` is known to cover it. */
const REGEX = '~';

/**
 * Whether every text that `narrow` matches is matched by `wide`: exact, prefix (`/a/*`), suffix (`*.b`) and presence (`*`) as in
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule
 */
export function coversPattern(wide: string, narrow: string): boolean {
  if (wide === '*' || wide === narrow) return true;
  if (wide.startsWith(REGEX) || narrow.startsWith(REGEX)) return false;
  if (wide.endsWith('*')) return !narrow.startsWith('*') && literal(narrow).startsWith(wide.slice(0, -1));
  if (wide.startsWith('*')) return !narrow.endsWith('*') && narrow.endsWith(wide.slice(1));
  return false;
}

/** The part of a pattern before what may vary, a template's `{*}` too. */
const literal = (pattern: string) => pattern.replace(/(\*|\{\*{1,2}\}).*$/, '');

export const matchesPattern = (pattern: string, value: string): boolean =>
  value !== '' && coversPattern(pattern, value);

const anything = (patterns: string[]) => (patterns.length ? patterns : ['*']);

/** Each method with each path. */
const pairsOf = ({ methods, paths }: HttpRule): [method: string, path: string][] =>
  anything(methods).flatMap((method) => anything(paths).map((path) => [method, path] as [string, string]));

const covers = (rule: HttpRule, [method, path]: [string, string]) =>
  anything(rule.methods).some((one) => coversPattern(one, method)) &&
  anything(rule.paths).some((one) => coversPattern(one, path));

/** Requests of `some` that no rule of `all` covers; no rule in `all` means that every request is. As `GET /a`. */
export function beyond(some: HttpRule[], all: HttpRule[]): string[] {
  if (all.length === 0) return [];
  const wanted = some.length ? some : [{ methods: [], paths: [] }];
  return wanted
    .flatMap(pairsOf)
    .filter((pair) => !all.some((rule) => covers(rule, pair)))
    .map(format);
}

/** Requests of `some` that may be among those of `denied`. */
export function meeting(some: HttpRule[], denied: HttpRule[]): string[] {
  const wanted = some.length ? some : [{ methods: [], paths: [] }];
  const meet = (a: string, b: string) => coversPattern(a, b) || coversPattern(b, a);
  return wanted
    .flatMap(pairsOf)
    .filter(([method, path]) =>
      denied.flatMap(pairsOf).some((pair) => meet(pair[0], method) && meet(pair[1], path)),
    )
    .map(format);
}

const format = ([method, path]: [string, string]) =>
  `${method === '*' ? 'any method' : method} ${path === '*' ? 'any path' : path.replace(REGEX, '')}`;

export const formatRequests = (rules: HttpRule[]): string =>
  rules.length ? rules.flatMap(pairsOf).map(format).join(', ') : 'every request';

/** Requests that are allowed for certain: those under further conditions are not. */
export const certain = (requests: Requests[]): Requests[] => requests.filter((one) => !one.partial);

/** Patterns of a regular expression that says no more than texts, prefixes and alternatives; otherwise the expression itself. */
export function fromRegex(expression: string): string[] {
  const alternatives = expression
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    // Any query behind a path: what stands before it is meant.
    .replace(/\(\\\?\.\*\)\?$/, '')
    .replace(/^\((.*)\)$/, '$1')
    .split('|');
  const patterns = alternatives.map((one) => {
    const any = one.endsWith('.*');
    const text = (any ? one.slice(0, -2) : one).replace(/\\([^\w\s])/g, '\u0000$1');
    if (/[\\^$.|?*+()[\]{}]/.test(text.replace(/\u0000./g, ''))) return undefined;
    return text.replaceAll('\u0000', '') + (any ? '*' : '');
  });
  return patterns.every((one) => one !== undefined) ? (patterns as string[]) : [`${REGEX}${expression}`];
}
