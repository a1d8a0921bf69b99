import Handlebars from 'handlebars/runtime.js';
import { toYaml } from './yaml.ts';
import type { HELPERS } from '../types/helpers.ts';
import type { Plan } from '../types/plan.ts';

type Options = Handlebars.HelperOptions;
const { SafeString } = Handlebars;

const arguments_ = (all: unknown[]) => all.slice(0, -1);

/** Text that stands as it is, set in by `indent` blanks from its second line on. */
function block(text: string, indent: number) {
  return new SafeString(text.replace(/\n+$/, '').replaceAll(/\n(?!\n|$)/g, `\n${' '.repeat(indent)}`));
}

function defined(value: unknown, helper: string): unknown {
  if (value === undefined || value === null) throw new Error(`{{${helper}}} got nothing`);
  return value;
}

/** False, zero length, and a map without keys; a name that is not there throws. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.keys(value).length === 0;
  return Handlebars.Utils.isEmpty(value as object);
}

/** What templates may call. Each throws on a name that is not there. */
export const helpers = {
  /** `{{{yaml value indent=4}}}`: an object as YAML, the first line in place. */
  yaml: (value: unknown, options: Options) =>
    block(toYaml(defined(value, 'yaml')), Number(options.hash.indent ?? 0)),
  /** `{{{block text indent=4}}}`: several lines of text under a `|` or in a comment (`prefix="# "`). */
  block: (value: unknown, options: Options) =>
    block(String(defined(value, 'block')), Number(options.hash.indent ?? 0)),
  /** `{{{part "name"}}}`: what the chosen components bring for this place of a shared page; empty when none brings any. */
  part(this: object, name: string, options: Options) {
    const root = options.data.root as Pick<Plan, 'parts'>;
    const texts = (root.parts[name] ?? []).map((piece) =>
      piece.render({ ...root, ...this, versions: piece.versions }).trim(),
    );
    return block(
      texts.filter(Boolean).join(options.hash.lines ? '\n' : '\n\n'),
      Number(options.hash.indent ?? 0),
    );
  },
  base64: (value: unknown) => Buffer.from(String(defined(value, 'base64'))).toString('base64'),
  json: (value: unknown) => new SafeString(JSON.stringify(defined(value, 'json'), null, 2)),
  concat: (...all: unknown[]) =>
    arguments_(all)
      .map((part) => String(defined(part, 'concat')))
      .join(''),
  /** `{{regex path}}`: what a path with `*` at its end, or an exact one with any query, looks like to a proxy. */
  regex(path: unknown) {
    const text = String(defined(path, 'regex'));
    const literal = text.replace(/\*$/, '').replace(/[.+?()[\]{}^$|\\*]/g, '\\$&');
    return text.endsWith('*') ? `${literal}.*` : `${literal}(\\?.*)?`;
  },
  string: (value: unknown) => new SafeString(JSON.stringify(String(defined(value, 'string')))),
  join: (list: unknown[], separator: string) => (defined(list, 'join') as unknown[]).join(separator),
  eq: (a: unknown, b: unknown) => defined(a, 'eq') === defined(b, 'eq'),
  not: isEmpty,
  and: (...all: unknown[]) => arguments_(all).every((value) => !isEmpty(value)),
  or: (...all: unknown[]) => arguments_(all).some((value) => !isEmpty(value)),
  includes: (list: unknown[], item: unknown) => (defined(list, 'includes') as unknown[]).includes(item),
  /** `{{#each (where services kind="Job")}}`: the items whose properties equal those given. */
  where: (list: Record<string, unknown>[], options: Options) =>
    (defined(list, 'where') as Record<string, unknown>[]).filter((item) =>
      Object.entries(options.hash as Record<string, unknown>).every(([key, value]) => item[key] === value),
    ),
  /** `{{#each (pluck services "name")}}`. */
  pluck: (list: Record<string, unknown>[], key: string) =>
    (defined(list, 'pluck') as Record<string, unknown>[]).map((item) => item[key]),
} satisfies Record<(typeof HELPERS)[number], unknown>;
