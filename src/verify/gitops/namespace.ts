import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { withBody } from './kustomization.ts';
import { rename } from './names.ts';
import { isClusterWide } from './scope.ts';

/**
 * Puts every object that is not cluster-wide into a namespace, and renames Namespaces to it.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/api/filters/namespace/namespace.go
 */
export function setNamespace(objects: KubernetesObject[], namespace: unknown): KubernetesObject[] {
  if (typeof namespace !== 'string' || !namespace) return objects;
  const moved = rename(objects, (object) => ({
    name: object.group === '' && object.kind === 'Namespace' ? namespace : object.name,
    namespace: isClusterWide(object) ? object.namespace : namespace,
  }));
  return moved.map((object) => withDefaultSubjects(object, namespace));
}

/** Subjects named `default` move too. */
function withDefaultSubjects(object: KubernetesObject, namespace: string): KubernetesObject {
  const { subjects } = object.body;
  if (!/^(Cluster)?RoleBinding$/.test(object.kind) || !Array.isArray(subjects)) return object;
  const moved = subjects.map((one) =>
    isObject(one) && one['name'] === 'default' ? { ...one, namespace } : one,
  );
  return withBody(object, { ...object.body, subjects: moved });
}
