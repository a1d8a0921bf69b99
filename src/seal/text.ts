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

/** Every form in which a value could turn up in what a program prints: as text, and as base64. */
export function spellings(value: SecretValue): string[] {
  const text = textOf(value);
  return text === undefined ? [base64Of(value)] : [text, base64Of(value), base64Of(text.trim())];
}
