import type { KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { isClusterWide } from '../../references.ts';
import { hit } from '../../selectors.ts';

/** https://fluxcd.io/flux/faq/ (two Kustomizations that apply one object fight over it) */
export const duplicateObject: Rule = {
  id: 'reach/duplicate-object',
  area: 'reach',
  severity: 'error',
  title: 'One object has two homes',
  why: 'In one layer kustomize refuses to build; in two, each takes the object back from the other for ever.',
  fix: 'Keep one of the files, or give one object another name.',
  *check({ objects }) {
    const known = new Map<string, KubernetesObject>();
    for (const object of objects) {
      const namespace = isClusterWide(object.kind) ? '' : object.namespace;
      const id = [object.group, object.kind, namespace, object.name].join(' ');
      const first = known.get(id);
      known.set(id, first ?? object);
      if (first) yield hit(object, [], `${nameOf(object)} is in ${where(first, object)} too`);
    }
  },
};

function where(first: KubernetesObject, { file }: KubernetesObject): string {
  const { line } = first.at();
  return first.file === file ? `this file, line ${line},` : `${first.file}, line ${line},`;
}
