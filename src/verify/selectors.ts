import type { Hit, KubernetesObject, Model } from './model.ts';
import { isObject, nameOf } from './object.ts';

type Labels = Record<string, string>;
type Body = Record<string, unknown>;
export type Path = (string | number)[];

/** The value at a path of a body; undefined where the path ends early. */
export function dig(value: unknown, ...path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The objects of a list; what is no list gives none, what is no object is left out. */
export const records = (value: unknown): Body[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** The texts of a list. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const kinds = new WeakMap<Model, Map<string, KubernetesObject[]>>();

/** Objects of one kind: `ofKind(model, 'apps/Deployment')`; core kinds start with a slash. */
export function ofKind(model: Model, ...wanted: string[]): KubernetesObject[] {
  let index = kinds.get(model);
  if (!index) {
    index = new Map();
    for (const one of model.objects) push(index, `${one.group}/${one.kind}`, one);
    kinds.set(model, index);
  }
  return wanted.flatMap((kind) => index.get(kind) ?? []);
}

/** A hit at a path of an object. */
export function hit(object: KubernetesObject, path: Path, message: string, fix?: string): Hit {
  const { file } = object;
  return { file, position: object.at(...path), object: nameOf(object), message, ...(fix && { fix }) };
}

const labelsOf = (value: unknown): Labels =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : {};

/**
 * Whether a label selector selects; an empty one selects everything. An operator that does not exist selects nothing.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selects(selector: unknown, labels: Labels): boolean {
  return (
    Object.entries(labelsOf(dig(selector, 'matchLabels'))).every(([key, value]) => labels[key] === value) &&
    records(dig(selector, 'matchExpressions')).every(({ key, operator, values }) => {
      const value = labels[String(key)];
      const listed = Array.isArray(values) && values.map(String).includes(String(value));
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && listed;
      return operator === 'NotIn' && (value === undefined || !listed);
    })
  );
}

export const isEmptySelector = (selector: unknown): boolean =>
  Object.keys(labelsOf(dig(selector, 'matchLabels'))).length === 0 &&
  records(dig(selector, 'matchExpressions')).length === 0;

/** Cilium writes the source of a label before it: `k8s:app`. https://docs.cilium.io/en/stable/gettingstarted/terminology/#label-source */
export function withoutSources(selector: unknown): Body {
  const plain = (key: unknown) => String(key).replace(/^(k8s|any):/, '');
  const matchLabels = Object.entries(labelsOf(dig(selector, 'matchLabels')));
  return {
    matchLabels: Object.fromEntries(matchLabels.map(([key, value]) => [plain(key), value])),
    matchExpressions: records(dig(selector, 'matchExpressions')).map((one) => ({
      ...one,
      key: plain(one['key']),
    })),
  };
}

/** What a workload makes its pods from. */
export interface PodTemplate {
  object: KubernetesObject;
  labels: Labels;
  annotations: Labels;
  spec: Body;
  /** Where the template stands in the body: empty for a Pod. */
  path: Path;
}

const TEMPLATE: Record<string, Path> = {
  '/Pod': [],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pod template of a workload, and nothing for other objects. */
export function podTemplate(object: KubernetesObject): PodTemplate | undefined {
  const path = TEMPLATE[`${object.group}/${object.kind}`];
  const template = path && dig(object.body, ...path);
  if (!isObject(template)) return undefined;
  return {
    object,
    path: path!,
    labels: labelsOf(dig(template, 'metadata', 'labels')),
    annotations: labelsOf(dig(template, 'metadata', 'annotations')),
    spec: isObject(template['spec']) ? template['spec'] : {},
  };
}

/** Every container of a pod template with its path in the object: init and ephemeral ones too. */
export function containersOf({ spec, path }: PodTemplate): { container: Body; path: Path }[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    records(spec[field]).map((container, index) => ({ container, path: [...path, 'spec', field, index] })),
  );
}

/** Pods of one kind: those of a workload, or those that something outside the repository runs. */
export interface PodClass {
  namespace: string;
  labels: Labels;
  template?: PodTemplate;
}

interface PodIndex {
  templates: PodTemplate[];
  byNamespace: Map<string, PodClass[]>;
  byLabel: Map<string, PodClass[]>;
}

const indexes = new WeakMap<Model, PodIndex>();
const labelKey = (namespace: string, key: string, value: string) => JSON.stringify([namespace, key, value]);

function podIndex(model: Model): PodIndex {
  const found = indexes.get(model);
  if (found) return found;
  const templates = model.objects.flatMap((one) => podTemplate(one) ?? []);
  const byNamespace = new Map<string, PodClass[]>();
  const byLabel = new Map<string, PodClass[]>();
  for (const pod of [...templates.map(ofTemplate), ...outsiders(model, templates)]) {
    push(byNamespace, pod.namespace, pod);
    for (const [key, value] of Object.entries(pod.labels))
      push(byLabel, labelKey(pod.namespace, key, value), pod);
  }
  const index = { templates, byNamespace, byLabel };
  indexes.set(model, index);
  return index;
}

const ofTemplate = (template: PodTemplate): PodClass => ({
  namespace: template.object.namespace,
  labels: template.labels,
  template,
});

/**
 * Pods that no object of the repository makes: controllers from charts, the cluster's DNS, workloads that users keep elsewhere.
 * Of a namespace that no chart fills and that has workloads here, the repository makes all.
 */
function outsiders(model: Model, templates: PodTemplate[]): PodClass[] {
  const { services, endpoints } = model.declared;
  const own = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one.own]));
  const filled = new Set(
    ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease').map((one) =>
      dig(one.body, 'spec', 'targetNamespace'),
    ),
  );
  const ours = new Set(templates.map((one) => one.object.namespace).filter((one) => !filled.has(one)));
  return endpoints
    .filter((one) => one.kind === 'pods' && Object.keys(one.labels).length > 0)
    .filter((one) => own.get(one.id) ?? !ours.has(one.namespace))
    .map(({ namespace, labels }) => ({ namespace, labels }));
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The pod template of every workload in the repository. */
export const templatesOf = (model: Model): PodTemplate[] => podIndex(model).templates;

/** Pods of a namespace that the repository or the graph knows and a label selector selects. */
export function podsSelected(model: Model, namespace: string, selector: unknown): PodClass[] {
  const { byNamespace, byLabel } = podIndex(model);
  const [first] = Object.entries(labelsOf(dig(selector, 'matchLabels')));
  const candidates = first ? byLabel.get(labelKey(namespace, ...first)) : byNamespace.get(namespace);
  return (candidates ?? []).filter((one) => selects(selector, one.labels));
}
