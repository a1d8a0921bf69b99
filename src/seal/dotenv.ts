import { UserError } from '../error.ts';
import type { GivenValue } from './types.ts';

const BLANK = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const ENTRY =
  /[ \t]*(?:export[ \t]+)?([^\s=#'"`]+)[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"[ \t]*(?:#[^\n]*)?|'([^']*)'[ \t]*(?:#[^\n]*)?|`([^`]*)`[ \t]*(?:#[^\n]*)?|((?!['"`])[^\r\n#]*))(?:\r?\n|$)/sy;

/**
 * Parses `NAME/KEY=value` lines as dotenv does: quotes ('…', "…", `…`) may span lines, "…" knows \n \r \t \" \\, `#` begins a comment.
 * Stricter than `util.parseEnv`, which cuts an unquoted value at its first `#` and skips what it cannot read: both would seal a wrong value.
 * Throws a UserError with the line number.
 */
export function parseDotenv(text: string): GivenValue[] {
  const entries: GivenValue[] = [];
  for (let at = 0, line = 1; at < text.length;) {
    const blank = matchAt(BLANK, text, at);
    const match = blank ?? matchAt(ENTRY, text, at);
    if (!match) throw new UserError(`standard input, line ${line}: ${EXPECTED}`, 2);
    if (!blank) entries.push({ where: `standard input, line ${line}`, id: match[1]!, value: valueOf(match) });
    at += match[0].length;
    line += match[0].split('\n').length - 1;
  }
  return entries;
}

const EXPECTED = 'expected NAME/KEY=value; a value with #, a leading quote or line breaks stands in quotes.';
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function valueOf([, , double, single, backtick, bare]: RegExpExecArray): string {
  if (double !== undefined)
    return double.replace(/\\(.)/gs, (whole, letter: string) => ESCAPES[letter] ?? whole);
  return single ?? backtick ?? bare!.trim();
}
