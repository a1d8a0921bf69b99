import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../object.ts';

type Body = Record<string, unknown>;

/** Why a patch cannot be applied: kustomize then builds nothing. */
export class PatchError extends Error {}

/**
 * Applies a JSON patch to a copy of a body.
 * https://datatracker.ietf.org/doc/html/rfc6902
 *
 * @throws PatchError naming the operation and the path
 */
export function jsonPatch(body: Body, operations: unknown[]): Body {
  const root: Body = { '': structuredClone(body) };
  for (const operation of operations) {
    if (!isObject(operation)) throw new PatchError('an operation of the patch is no map');
    apply(root, operation);
  }
  return root[''] as Body;
}

function apply(root: Body, { op, path, from, value }: Body): void {
  const place = () => find(root, path, String(op));
  switch (op) {
    case 'add':
      return put(place(), structuredClone(value), false);
    case 'replace':
      return put(existing(place(), path, op), structuredClone(value), true);
    case 'remove':
      return void take(existing(place(), path, op));
    case 'move':
      return put(place(), take(existing(find(root, from, op), from, op)), false);
    case 'copy':
      return put(place(), structuredClone(get(existing(find(root, from, op), from, op))), false);
    case 'test':
      if (!isDeepStrictEqual(get(place()), value)) throw new PatchError(`test ${String(path)} fails`);
      return;
    default:
      throw new PatchError(`${String(op)} is no operation of a JSON patch`);
  }
}

interface Place {
  parent: Body | unknown[];
  key: string;
}

function find(root: Body, path: unknown, op: string): Place {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/')))
    throw new PatchError(`${op}: ${String(path)} is no JSON pointer`);
  const keys = ['', ...path.split('/').slice(1)].map((key) =>
    key.replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  let parent: unknown = root;
  for (const key of keys.slice(0, -1)) parent = get({ parent: parent as Body, key });
  if (!isObject(parent) && !Array.isArray(parent))
    throw new PatchError(
      `${op} ${path}: the object has nothing at ${path.slice(0, path.lastIndexOf('/')) || '/'}`,
    );
  return { parent, key: keys.at(-1)! };
}

function get({ parent, key }: Place): unknown {
  if (Array.isArray(parent)) return parent[indexOf(parent, key)];
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

/** Negative indices count from the end, as in the library that kustomize uses. */
function indexOf(list: unknown[], key: string): number {
  const index = /^-?\d+$/.test(key) ? Number(key) : Number.NaN;
  return index < 0 ? list.length + index : index;
}

function existing(place: Place, path: unknown, op: string): Place {
  if (get(place) === undefined) throw new PatchError(`${op} ${String(path)}: the object has nothing there`);
  return place;
}

function put({ parent, key }: Place, value: unknown, replace: boolean): void {
  if (!Array.isArray(parent)) {
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const index = key === '-' ? parent.length : indexOf(parent, key);
  if (!(index >= 0 && index <= parent.length)) throw new PatchError(`the list has no place ${key}`);
  parent.splice(index, replace ? 1 : 0, value);
}

function take(place: Place): unknown {
  const value = get(place);
  if (Array.isArray(place.parent)) place.parent.splice(indexOf(place.parent, place.key), 1);
  else delete place.parent[place.key];
  return value;
}
