import Handlebars from 'handlebars';

type Statement = hbs.AST.Statement;

/**
 * Refuses what would let a value change the meaning of a YAML file: `{{value}}` is quoted as a whole scalar,
 * so it must stand alone after a key, a dash or an opening bracket; `{{{…}}}` is only for block helpers' text.
 */
export function lint(name: string, text: string): void {
  const problems: string[] = [];
  if (/\.ya?ml\.hbs$/.test(name)) walk(Handlebars.parse(text).body, problems);
  if (/[ \t]+$/m.test(text)) problems.push('has blanks at the end of a line');
  if (problems.length) throw new Error(`${name}: ${problems.join('; ')}`);
}

const RAW_HELPERS = ['yaml', 'part', 'block'];

function walk(body: Statement[], problems: string[]): void {
  body.forEach((statement, index) => {
    if (statement.type === 'BlockStatement') {
      const block = statement as hbs.AST.BlockStatement;
      walk(block.program?.body ?? [], problems);
      walk(block.inverse?.body ?? [], problems);
    }
    if (statement.type === 'MustacheStatement') {
      const problem = misplaced(statement as hbs.AST.MustacheStatement, body[index - 1], body[index + 1]);
      if (problem) problems.push(`line ${statement.loc.start.line}: ${problem}`);
    }
  });
}

function misplaced(mustache: hbs.AST.MustacheStatement, before?: Statement, after?: Statement): string | undefined {
  const source = (mustache.path as hbs.AST.PathExpression).original;
  if (!mustache.escaped) {
    return RAW_HELPERS.includes(source) ? undefined : `{{{${source}}}} is not quoted`;
  }
  const line = content(before).split('\n').at(-1) ?? '';
  if (/^\s*#/.test(line)) return undefined;
  if (!/(^\s*|[:[,-]\s+|\[)$/.test(line)) return `{{${source}}} must be a whole scalar: build it with (concat …)`;
  if (!/^(\s*$|\s*\n|\s*[\],}]|: |:\n|\s+#)/.test(content(after))) return `{{${source}}} must be a whole scalar: build it with (concat …)`;
  return undefined;
}

const content = (statement?: Statement) =>
  statement?.type === 'ContentStatement' ? (statement as hbs.AST.ContentStatement).original : '';
