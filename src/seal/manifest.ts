import { Document, Scalar } from 'yaml';
import { base64Of, textOf } from './text.ts';
import type { DeclaredSecret, SecretValue } from './types.ts';

/** Printable text, which every YAML reader takes from a quoted scalar as it is; control characters and YAML 1.1 line breaks are not. */
const PLAIN = /^[\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** The Secret in plain text, to be fed to a program's standard input: text as `stringData`, anything else as `data`. */
export function secretManifest(secret: DeclaredSecret, values: Map<string, SecretValue>): string {
  const stringData: Record<string, Scalar> = {};
  const data: Record<string, string> = {};
  for (const key of secret.keys) {
    const value = values.get(key)!;
    const text = textOf(value);
    if (text !== undefined && PLAIN.test(text)) stringData[key] = quoted(text);
    else data[key] = base64Of(value);
  }
  const { name, namespace, type = 'Opaque' } = secret;
  const filled = Object.entries({ stringData, data }).filter(([, part]) => Object.keys(part).length > 0);
  const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, ...Object.fromEntries(filled) };
  return new Document(manifest).toString({ lineWidth: 0 });
}

/** Quoted, since YAML 1.1 readers take `yes`, `010` and `1_000` for something else than text. */
function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
