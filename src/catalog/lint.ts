import Handlebars from 'handlebars';

/** Helpers whose text is YAML already. */
const RAW_HELPERS = ['yaml', 'part', 'block'];
const BEFORE = /(^\s*|[:[,-]\s+|\[)$/;
const AFTER = /^(\s*$|\s*[\],}]|:( |$)|\s+#)/;

/**
 * Refuses what would let a value change the meaning of a YAML file: `{{value}}` is quoted as a whole scalar,
 * so it must stand alone after a key, a dash or an opening bracket; `{{{…}}}` is only for helpers that print YAML.
 */
export function lint(name: string, text: string): void {
  const problems: string[] = [];
  if (/[ \t]+$/m.test(text)) problems.push('has blanks at the end of a line');
  if (/^(<{7}|>{7})( |$)/m.test(text)) problems.push('has an unfinished merge');
  if (/\.ya?ml\.hbs$/.test(name)) new Mustaches(text, problems).accept(Handlebars.parse(text));
  if (problems.length) throw new Error(problems.join('; '));
}

class Mustaches extends Handlebars.Visitor {
  readonly lines: string[];
  readonly problems: string[];

  constructor(text: string, problems: string[]) {
    super();
    this.lines = text.split('\n');
    this.problems = problems;
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    const source = (mustache.path as hbs.AST.PathExpression).original;
    const { start, end } = mustache.loc;
    const before = withoutBlocks((this.lines[start.line - 1] ?? '').slice(0, start.column));
    const after = withoutBlocks((this.lines[end.line - 1] ?? '').slice(end.column));
    if (/^\s*#/.test(before)) return;
    const problem = mustache.escaped
      ? BEFORE.test(before) && AFTER.test(after)
        ? ''
        : `{{${source}}} must be a whole scalar: build it with (concat …)`
      : RAW_HELPERS.includes(source)
        ? ''
        : `{{{${source}}}} is not quoted`;
    if (problem) this.problems.push(`line ${start.line}: ${problem}`);
  }
}

/** What stays of a line's text when block tags, which print nothing, and the other branch are taken out. */
const withoutBlocks = (text: string) =>
  text
    .replace(/\{\{#if[^}]*\}\}.*?\{\{else\}\}|\{\{else\}\}.*?\{\{\/if\}\}/g, '')
    .replace(/\{\{(#|\/|else|\^)[^}]*\}\}/g, '');
