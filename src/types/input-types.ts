/** How an input's value is read and checked. */
export const INPUT_TYPES = [
  'text',
  'domain',
  'email',
  'url',
  'host',
  'cidrs',
  'list',
  'boolean',
  'label',
  'file',
  'version',
  'choice',
  'expression',
] as const;
