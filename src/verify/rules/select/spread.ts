import type { Hit, KubernetesObject, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import {
  dig,
  hit,
  isEmptySelector,
  ofKind,
  podsSelected,
  records,
  selects,
  templatesOf,
  text,
  type Path,
  type PodClass,
} from '../../selectors.ts';

/** What pods are made from outside of the repository: their settings are here. */
const MAKERS = ['helm.toolkit.fluxcd.io/HelmRelease', 'gateway.envoyproxy.io/EnvoyProxy'];
const FIELDS = ['topologySpreadConstraints', 'requiredDuringSchedulingIgnoredDuringExecution'];

/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#topologyspreadconstraints-field */
export const spread: Rule = {
  id: 'select/spread',
  area: 'select',
  severity: 'warning',
  title: 'Pods are spread by labels that they wear',
  why: 'A constraint that selects no pod keeps nothing apart: all replicas may run on one node, and go with it.',
  fix: 'Use the labels of the pods themselves.',
  *check(model) {
    for (const { object, spec, path, labels } of templatesOf(model))
      for (const [index, one] of records(spec['topologySpreadConstraints']).entries()) {
        const selector = dig(one, 'labelSelector');
        if (!isEmptySelector(selector) && !selects(selector, labels))
          yield say(object, [...path, 'spec', 'topologySpreadConstraints', index, 'labelSelector'], selector);
      }
    for (const object of ofKind(model, ...MAKERS)) {
      const namespace = text(dig(object.body, 'spec', 'targetNamespace')) || object.namespace;
      const known = podsSelected(model, namespace, {});
      for (const { selector, path } of selectorsIn(dig(object.body, 'spec'), ['spec']))
        if (!mayHit(known, selector)) yield say(object, path, selector);
    }
  },
};

const say = (object: KubernetesObject, path: Path, selector: unknown): Hit =>
  hit(object, path, `${nameOf(object)}: ${path.join('.')} ${JSON.stringify(selector)} selects no pod`);

/** Label selectors of scheduling, wherever a chart's values hold them. */
function selectorsIn(value: unknown, path: Path): { selector: unknown; path: Path }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => selectorsIn(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const found = selectorsIn(item, [...path, key]);
    if (!FIELDS.includes(key)) return found;
    const own = records(item).map((one, index) => ({
      selector: dig(one, 'labelSelector'),
      path: [...path, key, index, 'labelSelector'],
    }));
    return [...own.filter(({ selector }) => !isEmptySelector(selector)), ...found];
  });
}

/** Of a chart's pods only some labels are known: where a key is among them, one of them must have the value. */
function mayHit(known: PodClass[], selector: unknown): boolean {
  if (known.some((pod) => selects(selector, pod.labels))) return true;
  const wanted = Object.entries((dig(selector, 'matchLabels') ?? {}) as Record<string, unknown>);
  const wearing = (key: string) => known.filter(({ labels }) => key in labels);
  return wanted.every(
    ([key, value]) => wearing(key).length === 0 || wearing(key).some(({ labels }) => labels[key] === value),
  );
}
