import { expect, test } from 'vitest';
import { lint } from '../src/catalog/lint.ts';

test.each([
  ['a value beside text in YAML', 'a.yaml.hbs', 'host: api.{{domain}}\n', /must be a whole scalar/],
  ['an unquoted value in YAML', 'a.yaml.hbs', 'host: {{{domain}}}\n', /is not quoted/],
  ['blanks at the end of a line', 'a.md', 'text \n', /has blanks/],
  ['an unfinished merge', 'a.md.hbs', 'one\n<<<<<<< HEAD\ntwo\n', /has an unfinished merge/],
])('%s stops the build', (_, name, text, problem) => {
  expect(() => lint(name, text)).toThrow(problem);
});

test('whole scalars, helpers that print YAML, and prose pass', () => {
  const yaml = 'host: {{concat "api." domain}}\nspec: {{{yaml spec}}}\n# of {{name}}\n';
  expect(() => lint('a.yaml.hbs', yaml)).not.toThrow();
  expect(() => lint('a.md.hbs', 'a.{{domain}}\n')).not.toThrow();
});
