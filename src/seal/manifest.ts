import { stringify } from 'yaml';
import { UserError } from '../error.ts';
import { base64Of, textOf } from './text.ts';
import type { DeclaredSecret, SecretValue } from './types.ts';

/** Printable text, which every YAML reader takes from a quoted scalar as it is; control characters and YAML 1.1 line breaks are not. */
const PLAIN = /^[\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** The Secret in plain text, to be fed to a program's standard input: text as `stringData`, anything else as `data`. Throws a UserError when a key has no value. */
export function secretManifest(secret: DeclaredSecret, values: Map<string, SecretValue>): string {
  const stringData = new Map<string, string>();
  const data = new Map<string, string>();
  for (const key of secret.keys) {
    const value = values.get(key);
    if (value === undefined)
      throw new UserError(`${secret.namespace}/${secret.name} is incomplete: no value for ${key}.`, 2);
    const text = textOf(value);
    if (text !== undefined && PLAIN.test(text)) stringData.set(key, text);
    else data.set(key, base64Of(value));
  }
  const { name, namespace, type = 'Opaque' } = secret;
  const filled = Object.entries({ stringData, data }).filter(([, part]) => part.size > 0);
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type,
    ...Object.fromEntries(filled),
  };
  // Everything quoted: YAML 1.1 readers take `yes`, `010` and `1_000` for something else than text, as a key too.
  return stringify(manifest, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
    lineWidth: 0,
  });
}
