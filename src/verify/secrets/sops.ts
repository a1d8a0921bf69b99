import { parse } from 'yaml';
import type { Model } from '../model.ts';
import { isObject } from '../object.ts';
import { dig, records, text } from '../selectors.ts';

export const CONFIG = '.sops.yaml';

/** One of `creation_rules`: https://getsops.io/docs/#using-sops-yaml-conf-to-select-kms-pgp-and-age-for-new-files */
export interface CreationRule {
  index: number;
  matches: (path: string) => boolean;
  /** Keys that may decrypt, each as `<kind> <id>`. */
  keys: Set<string>;
  encryptedRegex: string;
  /** Another way of saying what is encrypted. */
  other: boolean;
}

/** The rules of `.sops.yaml`; undefined when there is no such file, or none that can be read. */
export function creationRules({ files }: Model): CreationRule[] | undefined {
  const source = files.get(CONFIG);
  if (source === undefined) return undefined;
  try {
    const rules = records(dig(parse(source, { logLevel: 'error' }), 'creation_rules'));
    return rules.map((rule, index) => ({
      index,
      matches: matcher(text(rule['path_regex'])),
      keys: keysOf(rule),
      encryptedRegex: text(rule['encrypted_regex']),
      other: ['unencrypted_regex', 'encrypted_suffix', 'unencrypted_suffix'].some((key) => key in rule),
    }));
  } catch {
    return undefined;
  }
}

/** Without `path_regex` a rule always matches. Go's expressions are read as JavaScript's, which suffices for paths. */
function matcher(source: string): (path: string) => boolean {
  if (!source) return () => true;
  try {
    const pattern = new RegExp(source);
    return (path) => pattern.test(path);
  } catch {
    return () => false;
  }
}

/** The keys of a rule, or of the metadata of an encrypted file: both name them alike. */
export function keysOf(value: unknown): Set<string> {
  const groups = [value, ...records(dig(value, 'key_groups'))];
  const listed = groups.flatMap((one) => [
    ...idsOf('age', dig(one, 'age'), 'recipient'),
    ...idsOf('pgp', dig(one, 'pgp'), 'fp'),
    ...idsOf('kms', dig(one, 'kms'), 'arn'),
    ...idsOf('gcp_kms', dig(one, 'gcp_kms'), 'resource_id'),
    ...idsOf('hc_vault', dig(one, 'hc_vault_transit_uri'), 'uri'),
  ]);
  return new Set(listed);
}

/** A text with commas, a list of texts, or a list of objects. */
function idsOf(kind: string, value: unknown, field: string): string[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return list
    .map((one) => (isObject(one) ? text(one[field]) : String(one)).trim())
    .filter(Boolean)
    .map((one) => `${kind} ${one}`);
}
