/**
 * Merges a patch into a Kubernetes object: maps by key, lists of named items by `name`, other lists are replaced,
 * `null` deletes. The input is not changed.
 */
export function merge(base: unknown, patch: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(patch) && [...base, ...patch].every(isNamed))
    return mergeByName(base, patch);
  if (!isMap(base) || !isMap(patch)) return patch;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = key in base ? merge(base[key], value) : value;
  }
  return result;
}

function mergeByName(base: unknown[], patch: unknown[]): unknown[] {
  const named = (list: unknown[], name: unknown) => list.find((item) => isNamed(item) && item.name === name);
  const changed = base.map((item) =>
    isNamed(item) && named(patch, item.name) ? merge(item, named(patch, item.name)) : item,
  );
  return [...changed, ...patch.filter((item) => isNamed(item) && !named(base, item.name))];
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamed = (value: unknown): value is { name: unknown } => isMap(value) && 'name' in value;
