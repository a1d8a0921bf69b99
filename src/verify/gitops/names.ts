import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { withBody } from './kustomization.ts';

type Body = Record<string, unknown>;

/** An object that has got another name or namespace. */
interface Renamed {
  kind: string;
  before: { name: string; namespace: string };
  after: { name: string; namespace: string };
}

/**
 * Fields of built-in kinds that name another object: the field's own name or that of the map in which `name` stands.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/konfig/builtinpluginconsts/namereference.go
 */
const MAPS: Record<string, string> = {
  configMap: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  configMapRef: 'ConfigMap',
  secret: 'Secret',
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  imagePullSecrets: 'Secret',
  service: 'Service',
  scaleTargetRef: '',
  roleRef: '',
};
const FIELDS: Record<string, string> = {
  secretName: 'Secret',
  serviceName: 'Service',
  serviceAccountName: 'ServiceAccount',
  claimName: 'PersistentVolumeClaim',
  priorityClassName: 'PriorityClass',
  ingressClassName: 'IngressClass',
  storageClassName: 'StorageClass',
  policyName: 'ValidatingAdmissionPolicy',
};
const BUILT_IN = /^$|^(apps|batch|autoscaling|policy)$|\.k8s\.io$/;

/** Gives objects another name or namespace, and takes the references of built-in kinds along. */
export function rename(
  objects: KubernetesObject[],
  naming: (object: KubernetesObject) => { name: string; namespace: string },
): KubernetesObject[] {
  const renamed: Renamed[] = [];
  const changed = objects.map((object) => {
    const after = naming(object);
    if (after.name === object.name && after.namespace === object.namespace) return object;
    const { kind, name, namespace } = object;
    renamed.push({ kind, before: { name, namespace }, after });
    const metadata = { ...(object.body['metadata'] as Body), name: after.name };
    return withBody(object, {
      ...object.body,
      metadata: after.namespace ? { ...metadata, namespace: after.namespace } : metadata,
    });
  });
  if (renamed.length === 0) return objects;
  const byName = new Map<string, Renamed[]>();
  for (const one of renamed) {
    const id = `${one.kind} ${one.before.name}`;
    byName.set(id, [...(byName.get(id) ?? []), one]);
  }
  const find: Find = (kind, name, home, given) => {
    const candidates = byName.get(`${kind} ${name}`) ?? [];
    const there = candidates.find(
      ({ before }) => (before.namespace || 'default') === (given ?? home ?? 'default'),
    );
    return there ?? (given === undefined && candidates.length === 1 ? candidates[0] : undefined);
  };
  return changed.map((object, index) => {
    if (!BUILT_IN.test(object.group)) return object;
    const home = objects[index]!.namespace || 'default';
    return withBody(object, follow(object.body, home, find) as Body);
  });
}

/** In the namespace that is given with the name, else in that of the object, else the only one there is. */
type Find = (kind: string, name: string, home: string, given?: string) => Renamed | undefined;

function follow(value: unknown, home: string, find: Find): unknown {
  if (Array.isArray(value)) return value.map((item) => follow(item, home, find));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([field, item]) => {
    if (field === 'metadata') return [field, item];
    if (field in FIELDS && typeof item === 'string')
      return [field, find(FIELDS[field]!, item, home)?.after.name ?? item];
    if (field === 'subjects' && Array.isArray(item))
      return [field, item.map((one) => subject(one, home, find))];
    if (field === 'resourceNames' && Array.isArray(item))
      return [field, item.map((one) => resource(one, home, find))];
    if (field in MAPS && Array.isArray(item))
      return [field, item.map((one) => named(one, MAPS[field]!, home, find))];
    if (field in MAPS) return [field, named(item, MAPS[field]!, home, find)];
    return [field, follow(item, home, find)];
  });
  return Object.fromEntries(entries) as Body;
}

function named(value: unknown, kind: string, home: string, find: Find): unknown {
  const inner = follow(value, home, find);
  if (!isObject(inner) || typeof inner['name'] !== 'string') return inner;
  const found = find(kind || String(inner['kind']), inner['name'], home, given(inner));
  if (!found) return inner;
  const namespace = inner['namespace'] === undefined ? {} : { namespace: found.after.namespace };
  return { ...inner, name: found.after.name, ...namespace };
}

function subject(value: unknown, home: string, find: Find): unknown {
  if (!isObject(value) || value['kind'] !== 'ServiceAccount') return value;
  const found = find('ServiceAccount', String(value['name']), home, given(value));
  if (!found) return value;
  const { name, namespace } = found.after;
  return { ...value, name, ...(namespace && { namespace }) };
}

const resource = (name: unknown, home: string, find: Find): unknown =>
  ['ConfigMap', 'Secret'].map((kind) => find(kind, String(name), home)?.after.name).find(Boolean) ?? name;

const given = (reference: Body): string | undefined =>
  typeof reference['namespace'] === 'string' ? reference['namespace'] : undefined;
