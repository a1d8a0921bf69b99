import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { listOf, namesOf, withBody } from './kustomization.ts';

type Body = Record<string, unknown>;
const SCALED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/** `images`. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
export function applyImages(objects: KubernetesObject[], spec: Body): KubernetesObject[] {
  const images = listOf(spec, 'images').filter(isObject);
  if (images.length === 0) return objects;
  return objects.map((object) => withBody(object, walk(object.body, images) as Body));
}

function walk(value: unknown, images: Body[]): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, images));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [
      field,
      (field === 'containers' || field === 'initContainers') && Array.isArray(item)
        ? item.map((one) => container(one, images))
        : walk(item, images),
    ]),
  );
}

const container = (value: unknown, images: Body[]): unknown =>
  isObject(value) && typeof value['image'] === 'string'
    ? { ...value, image: images.reduce((image, entry) => change(image, entry), value['image']) }
    : value;

function change(image: string, entry: Body): string {
  const [, name, tag = '', digest = ''] = /^(.+?)(:[^/@]*)?(@.*)?$/.exec(image) ?? [];
  if (name === undefined || name !== entry['name']) return image;
  const newName = typeof entry['newName'] === 'string' ? entry['newName'] : name;
  const newTag = entry['newTag'] === undefined ? '' : `:${String(entry['newTag'])}`;
  const newDigest = typeof entry['digest'] === 'string' ? `@${entry['digest']}` : '';
  return newTag || newDigest ? `${newName}${newTag}${newDigest}` : `${newName}${tag}${digest}`;
}

/** `replicas`. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replicas/ */
export function applyReplicas(objects: KubernetesObject[], spec: Body): KubernetesObject[] {
  const counts = listOf(spec, 'replicas').filter(isObject);
  if (counts.length === 0) return objects;
  return objects.map((object) => {
    const entry = counts.find(
      (one) => SCALED.has(object.kind) && namesOf(object).includes(String(one['name'])),
    );
    const inner = isObject(object.body['spec']) ? object.body['spec'] : {};
    return entry
      ? withBody(object, { ...object.body, spec: { ...inner, replicas: entry['count'] } })
      : object;
  });
}
