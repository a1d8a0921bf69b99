import { UserError } from '../error.ts';
import { parseDotenv } from './dotenv.ts';
import type { GivenValue } from './types.ts';

/**
 * Reads the values that came on standard input: a JSON object, `{"NAME": {"KEY": "value"}}` or `{"NAME/KEY": "value"}`,
 * or lines `NAME/KEY=value`. NAME may be `namespace/name`. Throws a UserError that tells the place, never the content.
 */
export function parseStdin(text: string): GivenValue[] {
  const clean = text.replace(/^\uFEFF/, '');
  return clean.trimStart().startsWith('{') ? parseJson(clean) : parseDotenv(clean);
}

function parseJson(text: string): GivenValue[] {
  return Object.entries(readJson(text)).flatMap(([name, value], index) => {
    const where = `standard input, entry ${index + 1}`;
    if (typeof value === 'string') return [{ where, id: name, value }];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notText(where);
    return Object.entries(value).map(([key, inner], position) => {
      const place = `${where}, key ${position + 1}`;
      if (typeof inner !== 'string') throw notText(place);
      return { where: place, id: `${name}/${key}`, value: inner };
    });
  });
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    // The parser's message quotes the text; only the position is safe.
    const at = /at position (\d+)/.exec(String(error))?.[1];
    const line = at === undefined ? '' : `, line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new UserError(`standard input${line}: this is not valid JSON.`, 2);
  }
}

function notText(where: string): UserError {
  return new UserError(`${where}: a value must be text in quotes.`, 2);
}
