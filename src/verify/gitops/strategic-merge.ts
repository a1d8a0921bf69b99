import { isObject } from '../object.ts';

type Body = Record<string, unknown>;

/**
 * Fields of built-in kinds whose lists are merged item by item, and the fields that tell items apart.
 * Every other list is replaced. `x-kubernetes-patch-merge-key` in
 * https://github.com/kubernetes/kubernetes/blob/master/api/openapi-spec/swagger.json
 */
const POD: Record<string, string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  ports: ['containerPort', 'protocol'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  resourceClaims: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};
const MERGE_KEYS: Record<string, Record<string, string[]> | undefined> = {
  ...Object.fromEntries(
    ['Pod', 'PodTemplate', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'].map(
      (kind) => [kind, POD],
    ),
  ),
  Service: { ports: ['port', 'protocol'] },
  ServiceAccount: { secrets: ['name'], imagePullSecrets: ['name'] },
};
const BUILT_IN = new Set(['', 'apps', 'batch']);
const DIRECTIVE = '$patch';

/**
 * Merges a strategic merge patch into a body; undefined when it deletes the object. Neither argument is changed.
 * https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(
  body: Body,
  patch: Body,
  type: { group: string; kind: string },
): Body | undefined {
  const keys = (BUILT_IN.has(type.group) && MERGE_KEYS[type.kind]) || {};
  return mergeMaps(body, patch, keys);
}

function mergeMaps(base: Body, patch: Body, keys: Record<string, string[]>): Body | undefined {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return rest;
  const merged = { ...base };
  for (const [field, value] of Object.entries(rest)) {
    if (field.startsWith('$')) continue;
    const result = mergeValue(merged[field], value, keys, keys[field]);
    if (result === undefined) delete merged[field];
    else merged[field] = result;
  }
  return merged;
}

function mergeValue(base: unknown, patch: unknown, keys: Record<string, string[]>, by?: string[]): unknown {
  if (patch === null) return undefined;
  if (isObject(patch)) return mergeMaps(isObject(base) ? base : {}, patch, keys);
  if (Array.isArray(patch) && Array.isArray(base) && by && patch.every(isObject))
    return mergeLists(base, patch, keys, by);
  return patch;
}

/** Items of the patch come first, in its order, as kustomize does it. */
function mergeLists(base: unknown[], patch: Body[], keys: Record<string, string[]>, by: string[]): unknown[] {
  if (patch.some((item) => item[DIRECTIVE] === 'replace'))
    return patch.filter((item) => item[DIRECTIVE] !== 'replace');
  const rest = [...base];
  const first = patch.flatMap((item) => {
    const index = rest.findIndex((one) => isObject(one) && isSame(one, item, by));
    const [old] = index < 0 ? [{}] : (rest.splice(index, 1) as Body[]);
    return mergeMaps(old!, item, keys) ?? [];
  });
  return [...first, ...rest];
}

/** Compares the keys that the patch gives. */
const isSame = (one: Body, item: Body, by: string[]): boolean =>
  item[by[0]!] === one[by[0]!] &&
  by.every((key) => item[key] === undefined || item[key] === (one[key] ?? item[key]));
