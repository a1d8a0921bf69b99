const RESERVED = /^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i;
const PLAIN = /^[A-Za-z_/](?:[\w ./@+()=;-]|:(?=[^\s:]))*(?<! )$/;

/**
 * One YAML scalar that reads back as the very same string, number or boolean, in any position.
 * Throws on undefined, null and objects: a template asked for something that is not there.
 */
export function quoteYaml(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string')
    throw new Error(`a template printed ${value === undefined ? 'undefined' : JSON.stringify(value)}`);
  if (PLAIN.test(value) && !RESERVED.test(value)) return value;
  if (value.includes('"') && !/['\\\u0000-\u001f\u007f-\u{10ffff}]/u.test(value)) return `'${value}'`;
  return escapeUnprintable(JSON.stringify(value));
}

/** Characters that YAML readers fold or refuse, inside double quotes. */
export function escapeUnprintable(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text for Markdown that cannot open a table cell, a code span, a tag or a line. */
export function escapeMarkdown(value: unknown): string {
  if (typeof value !== 'string') return quoteYaml(value);
  return value.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[|`<\\]/g, (c) => (c === '<' ? '&lt;' : `\\${c}`));
}

/** Text for files of other kinds: as it is, on one line. */
export function plainText(value: unknown): string {
  if (typeof value !== 'string') return quoteYaml(value);
  return value.replace(/[\r\n]+/g, ' ');
}
