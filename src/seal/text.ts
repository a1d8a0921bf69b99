import type { SecretValue } from './types.ts';

/** The text of a value, or undefined for bytes that are not UTF-8. */
export function textOf(value: SecretValue): string | undefined {
  if (typeof value === 'string') return value;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}

/** A value as base64. */
export function base64Of(value: SecretValue): string {
  return Buffer.from(value).toString('base64');
}

/** Every form in which a value could turn up in what a program prints: as text, and as base64, alone or amid other text. */
export function spellings(value: SecretValue): string[] {
  const text = textOf(value);
  const amid = [0, 1, 2].map((shift) => base64Amid(Buffer.from(value), shift));
  return text === undefined ? amid : [text, ...amid, base64Of(value), base64Of(text.trim())];
}

/** What a value contributes to the base64 of a text in which `shift` bytes stand before it, less the signs that mix with its neighbours. */
function base64Amid(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const start = shift === 0 ? 0 : shift + 1;
  return whole.slice(start, (bytes.length + shift) % 3 === 0 ? undefined : -1);
}
