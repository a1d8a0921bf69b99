import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { hit, ofKind, records, templatesOf, text, texts, type Path } from '../../selectors.ts';

type Field = 'labels' | 'annotations';
const FIELDS: Field[] = ['labels', 'annotations'];

/** The keys are those that the chosen mesh declares: `provides.mesh.optOut`. */
export const meshOptOut: Rule = {
  id: 'enforce/mesh-opt-out',
  area: 'enforce',
  severity: 'error',
  title: 'Pods stay in the mesh',
  why: 'A pod that leaves the mesh, or takes some of its ports out, is reached without identity, encryption and rules.',
  fix: 'Remove the label or annotation.',
  *check(model) {
    const meshed = new Set(model.declared.namespaces.filter((one) => one.meshed).map((one) => one.name));
    for (const { object, path, labels, annotations } of templatesOf(model)) {
      if (!meshed.has(object.namespace)) continue;
      for (const field of FIELDS)
        yield* optOuts(model, object, field, { labels, annotations }[field], [...path, 'metadata', field]);
    }
    yield* namespaces(model, meshed);
  },
};

function* optOuts(
  model: Model,
  object: KubernetesObject,
  field: Field,
  found: Record<string, string>,
  path: Path,
): Generator<Hit> {
  const optOut = model.declared.provides['mesh']?.['optOut'];
  for (const one of records(isObject(optOut) ? optOut[field] : [])) {
    const key = text(one['key']);
    const value = found[key];
    const values = texts(one['values']);
    if (value === undefined || texts(one['allowed']).includes(value)) continue;
    if (values.length === 0 || values.includes(value))
      yield hit(
        object,
        [...path, key],
        `${nameOf(object)}: ${key}: ${value} takes its pods, or some of their traffic, out of the mesh`,
      );
  }
}

/** What makes the pods of a namespace join: `provides.mesh.namespaceLabels`. */
function* namespaces(model: Model, meshed: Set<string>): Generator<Hit> {
  const wanted = model.declared.provides['mesh']?.['namespaceLabels'];
  for (const object of ofKind(model, '/Namespace').filter((one) => meshed.has(one.name)))
    for (const [key, value] of Object.entries(isObject(wanted) ? wanted : {}))
      if (object.labels[key] !== value)
        yield hit(
          object,
          ['metadata', 'labels', key],
          `${nameOf(object)}: ${key} is ${object.labels[key] ?? 'missing'}, so that its pods do not join the mesh; it must be ${value}`,
        );
}
