import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../model.ts';
import { isObject, toObject } from '../object.ts';
import type { Context } from './context.ts';
import { listOf } from './kustomization.ts';
import { rename } from './names.ts';

type Body = Record<string, unknown>;
/** What kustomize marks an object with whose name gets the hash of its content at the end. */
const NEEDS_HASH = 'internal.config.kubernetes.io/needsHashSuffix';

/**
 * `configMapGenerator` and `secretGenerator`: new objects, or more for those that are there.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
 */
export function generateObjects(objects: KubernetesObject[], context: Context): KubernetesObject[] {
  const kinds = [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const;
  return kinds
    .flatMap(([field, kind]) =>
      listOf(context.spec, field).map((entry, index) => ({ entry, kind, at: [...context.at, field, index] })),
    )
    .reduce(
      (done, { entry, kind, at }) =>
        isObject(entry) ? add(done, generated(entry, kind, at, context), entry, context, at) : done,
      objects,
    );
}

function add(
  objects: KubernetesObject[],
  one: KubernetesObject,
  { behavior }: Body,
  context: Context,
  at: (string | number)[],
): KubernetesObject[] {
  if (behavior !== 'merge' && behavior !== 'replace') return [...objects, one];
  const isSame = (other: KubernetesObject) =>
    other.kind === one.kind &&
    other.group === '' &&
    other.name === one.name &&
    (other.namespace || 'default') === (one.namespace || 'default');
  if (!objects.some(isSame))
    context.remark('idle-patch', at, `there is no ${one.kind} ${one.name} to ${behavior}`);
  return objects.map((other) => {
    if (!isSame(other)) return other;
    const data =
      behavior === 'merge'
        ? { ...(other.body['data'] as Body | undefined), ...(one.body['data'] as Body) }
        : one.body['data'];
    const body = {
      ...other.body,
      data,
      metadata: {
        ...(other.body['metadata'] as Body),
        annotations: { ...other.annotations, ...one.annotations },
      },
    };
    return toObject(one.file, body, (path) => one.at(...path));
  });
}

function generated(
  entry: Body,
  kind: 'ConfigMap' | 'Secret',
  at: (string | number)[],
  context: Context,
): KubernetesObject {
  const general = isObject(context.spec['generatorOptions']) ? context.spec['generatorOptions'] : {};
  const own = isObject(entry['options']) ? entry['options'] : {};
  const hashed = (own['disableNameSuffixHash'] ?? general['disableNameSuffixHash']) !== true;
  const part = (name: string) => ({
    ...(general[name] as Body | undefined),
    ...(own[name] as Body | undefined),
  });
  const data = Object.fromEntries(
    dataOf(entry, at, context).map(([key, value]) => [
      key,
      kind === 'Secret' ? Buffer.from(value).toString('base64') : value,
    ]),
  );
  const body: Body = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: String(entry['name']),
      ...(typeof entry['namespace'] === 'string' && { namespace: entry['namespace'] }),
      labels: part('labels'),
      annotations: { ...part('annotations'), ...(hashed && { [NEEDS_HASH]: 'enabled' }) },
    },
    data,
    ...(kind === 'Secret' && { type: entry['type'] ?? 'Opaque' }),
  };
  return toObject(context.kustomization.file, body, () => context.kustomization.at(...at));
}

function dataOf(entry: Body, at: (string | number)[], context: Context): [string, string][] {
  const strings = (field: string) => listOf(entry, field).filter((one) => typeof one === 'string');
  const read = (file: string, field: string, index: number) =>
    context.readFile(file, [...at, field, index]) ?? '';
  const literals = strings('literals').map(pair);
  const files = strings('files').map((one, index): [string, string] => {
    const [key, path] = one.includes('=') ? pair(one) : [one.split('/').at(-1)!, one];
    return [key, read(path, 'files', index)];
  });
  const envs = [...strings('envs'), ...(typeof entry['env'] === 'string' ? [entry['env']] : [])];
  const variables = envs.flatMap((file, index) =>
    read(file, 'envs', index)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line && !line.startsWith('#'))
      .map(pair),
  );
  return [...variables, ...files, ...literals];
}

function pair(text: string): [string, string] {
  const [key = '', ...value] = text.split('=');
  return [key, value.join('=').replace(/^(["'])(.*)\1$/s, '$2')];
}

/** Appends to generated names the hash of what they hold, and takes references along. The last step of a build. */
export function withHashes(objects: KubernetesObject[]): KubernetesObject[] {
  if (!objects.some((one) => NEEDS_HASH in one.annotations)) return objects;
  const named = rename(objects, (object) => ({
    name: NEEDS_HASH in object.annotations ? `${object.name}-${hash(object)}` : object.name,
    namespace: object.namespace,
  }));
  return named.map((object) => {
    if (!(NEEDS_HASH in object.annotations)) return object;
    const { [NEEDS_HASH]: _mark, ...annotations } = object.annotations;
    const body = { ...object.body, metadata: { ...(object.body['metadata'] as Body), annotations } };
    return toObject(object.file, body, (path) => object.at(...path));
  });
}

/** The name is meant to count, but kustomize looks for it where it is not. https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go */
function hash({ kind, body }: KubernetesObject): string {
  const entries = Object.entries(body['data'] as Body).sort(([a], [b]) => (a < b ? -1 : 1));
  const data = entries.length ? Object.fromEntries(entries) : '';
  const content = kind === 'Secret' ? { data, kind, name: '', type: body['type'] } : { data, kind, name: '' };
  const json = JSON.stringify(content)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026');
  const letters: Record<string, string | undefined> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
  return createHash('sha256')
    .update(json)
    .digest('hex')
    .slice(0, 10)
    .replaceAll(/./g, (one) => letters[one] ?? one);
}
