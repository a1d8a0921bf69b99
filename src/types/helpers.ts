/** Names that a template may call; `render` defines them, `catalog` compiles templates for them. */
export const HELPERS = [
  'and',
  'base64',
  'block',
  'concat',
  'eq',
  'includes',
  'join',
  'json',
  'not',
  'or',
  'part',
  'pluck',
  'regex',
  'string',
  'where',
  'yaml',
] as const;
