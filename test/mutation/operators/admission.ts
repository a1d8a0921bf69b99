import { edits, put, remove, type Operators } from '../mutant.ts';
import { itemsUnder } from '../nodes.ts';
import type { Any } from '../repository.ts';

const LEVEL = 'pod-security.kubernetes.io/';

/** Admission that lets more through. */
export const ADMISSION: Operators = {
  'admission/audit': edits(/ValidatingPolicy/, ({ spec }) => [
    ...(spec.validationActions.includes('Deny')
      ? [put(['spec', 'validationActions'], ['Audit']), put(['spec', 'validationActions'], ['Warn'])]
      : []),
    put(['spec', 'validationActions'], []),
  ]),
  'admission/failure-policy': edits(/ValidatingPolicy/, ({ spec }) => [
    spec.failurePolicy === 'Fail' && put(['spec', 'failurePolicy'], 'Ignore'),
  ]),
  'admission/no-validation': edits(/ValidatingPolicy/, ({ spec }) => [
    remove(['spec', 'validations']),
    ...spec.validations.flatMap((_: Any, index: number) => [
      put(['spec', 'validations', index, 'expression'], 'true'),
      remove(['spec', 'validations', index]),
    ]),
  ]),
  'admission/never-matches': edits(/ValidatingPolicy/, ({ spec }) => [
    put(['spec', 'matchConditions', spec.matchConditions?.length ?? 0], {
      name: 'never',
      expression: 'false',
    }),
    put(['spec', 'matchConstraints', 'resourceRules', 0, 'resources'], ['configmaps']),
    put(['spec', 'matchConstraints', 'resourceRules', 0, 'operations'], ['DELETE']),
    put(['spec', 'matchConstraints', 'objectSelector'], { matchLabels: { checked: 'yes' } }),
  ]),
  'admission/exempt-namespace': edits(/ValidatingPolicy/, (policy, { places }) =>
    applications(places.map(({ object }) => object)).flatMap((name) =>
      itemsUnder(policy, 'matchExpressions')
        .filter(({ value }) => value.operator === 'NotIn' && !value.values.includes(name))
        .map(({ at, value }) => put([...at, 'values', value.values.length], name)),
    ),
  ),
  'admission/exception-forever': edits(/PolicyException/, ({ spec }) => [
    spec.expiresAt && remove(['spec', 'expiresAt']),
    spec.expiresAt && put(['spec', 'expiresAt'], '2020-01-01T00:00:00Z'),
    ...spec.matchConditions.map((_: Any, index: number) => remove(['spec', 'matchConditions', index])),
    remove(['spec', 'matchConditions']),
  ]),
  'admission/exception-owner': edits(/PolicyException/, ({ spec }) => [
    spec.properties?.owner && remove(['spec', 'properties', 'owner']),
    spec.properties?.reason && remove(['spec', 'properties', 'reason']),
    spec.properties && remove(['spec', 'properties']),
  ]),
  'admission/exception-wider': edits(/PolicyException/, ({ spec }, { places }) =>
    places
      .filter(({ object }) => object.kind === 'ValidatingPolicy')
      .map(({ object }) => object.metadata.name as string)
      .filter((name) => !spec.policyRefs.some((one: Any) => one.name === name))
      .map((name) => put(['spec', 'policyRefs', spec.policyRefs.length], { name, kind: 'ValidatingPolicy' })),
  ),
  'admission/pod-security': edits(/Namespace/, ({ metadata }) => {
    const at = (key: string) => ['metadata', 'labels', `${LEVEL}${key}`];
    const level = metadata.labels?.[`${LEVEL}enforce`];
    const looser = ['restricted', 'baseline', 'privileged'];
    return level
      ? [
          ...looser.slice(looser.indexOf(level) + 1).map((to) => put(at('enforce'), to)),
          remove(at('enforce')),
          put(at('enforce'), 'restrictd'),
          remove(['metadata', 'labels']),
        ]
      : [];
  }),
  'admission/pod-security-version': edits(/Namespace/, ({ metadata }) => [
    metadata.labels?.[`${LEVEL}enforce-version`] &&
      put(['metadata', 'labels', `${LEVEL}enforce-version`], 'v1.20'),
  ]),
};

/** Namespaces in which the mesh or the graph has services: those that hold a Deployment's ServiceAccount and no chart. */
function applications(objects: Any[]): string[] {
  const workloads = objects.filter(({ kind }) => /^(Deployment|StatefulSet|DaemonSet|Job)$/.test(kind));
  return [...new Set(workloads.map(({ metadata }) => metadata.namespace as string))];
}
