import { isObject } from '../object.ts';
import type { KubernetesObject } from '../model.ts';
import { dig, text, type Path } from '../selectors.ts';

/** A text in an object, under the name that says what it is. */
export interface Leaf {
  name: string;
  value: string;
  path: Path;
}

/** What describes other objects, or is encrypted. */
const DESCRIBING = [
  'apiextensions.k8s.io',
  'kyverno.io',
  'policies.kyverno.io',
  'templates.gatekeeper.sh',
  'rbac.authorization.k8s.io',
];
const ENCRYPTED = ['encryptedData', 'sops'];

/** Every text of an object; those of environments, arguments and files in ConfigMaps under the names in there. */
export function leavesOf({ group, kind, body }: KubernetesObject): Leaf[] {
  if (DESCRIBING.includes(group) || (group === '' && kind === 'Secret')) return [];
  return walk('', body, []).flatMap(taken);
}

/** No object is deeper; an alias of itself has no end. */
const MAX_DEPTH = 50;

function walk(name: string, value: unknown, path: Path): Leaf[] {
  if (path.length > MAX_DEPTH) return [];
  if (typeof value === 'string') return [{ name, value, path }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      // `--password` and its value as two arguments.
      const before = text(value[index - 1]);
      const flag = /^--?[\w-]+$/.test(before) && !text(item).startsWith('-') ? before : name;
      return walk(flag, item, [...path, index]);
    });
  }
  if (!isObject(value)) return [];
  const pair = typeof value['name'] === 'string' && typeof value['value'] === 'string';
  return Object.entries(value).flatMap(([key, item]) =>
    ENCRYPTED.includes(key)
      ? []
      : walk(pair && key === 'value' ? text(value['name']) : key, item, [...path, key]),
  );
}

/** `--password=x`, and the lines of a file: `password: x`, `DB_PASSWORD=x`, `"password": "x"`. */
function taken(leaf: Leaf): Leaf[] {
  const { value, path } = leaf;
  const [, flag, given] = /^--?([\w-]+)=(.+)$/s.exec(value) ?? [];
  if (flag) return [{ name: flag, value: given!, path }];
  if (!value.includes('\n')) return [leaf];
  const lines = value.matchAll(
    /^[\s"'-]*(?:export\s+)?([\w.-]+)["']?\s*[:=]\s*(["']?)([^\n]*?)\2[,;]?\s*$/gm,
  );
  return [...lines].map((match) => ({ name: match[1]!, value: match[3]!, path }));
}

/** Whether an object is encrypted by SOPS: https://getsops.io/docs/#structure */
export const isSops = ({ body }: KubernetesObject): boolean => isObject(dig(body, 'sops'));
