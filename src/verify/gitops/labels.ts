import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { listOf, withBody } from './kustomization.ts';

type Body = Record<string, unknown>;
type Pairs = Record<string, unknown>;

const WORKLOAD = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);
const TEMPLATES: Record<string, string[][] | undefined> = {
  ...Object.fromEntries(
    [...WORKLOAD, 'Job', 'ReplicationController'].map((kind) => [kind, [['spec', 'template']]]),
  ),
  CronJob: [
    ['spec', 'jobTemplate'],
    ['spec', 'jobTemplate', 'spec', 'template'],
  ],
};
/** Selectors that get a common label although they had none, and those that get it only where they are. */
const SELECTORS: Record<string, { path: string[]; create: boolean }[] | undefined> = {
  ...Object.fromEntries(
    [...WORKLOAD].map((kind) => [kind, [{ path: ['spec', 'selector', 'matchLabels'], create: true }]]),
  ),
  Service: [{ path: ['spec', 'selector'], create: true }],
  ReplicationController: [{ path: ['spec', 'selector'], create: true }],
  Job: [{ path: ['spec', 'selector', 'matchLabels'], create: false }],
  PodDisruptionBudget: [{ path: ['spec', 'selector', 'matchLabels'], create: false }],
  NetworkPolicy: [
    { path: ['spec', 'podSelector', 'matchLabels'], create: false },
    { path: ['spec', 'ingress', '*', 'from', '*', 'podSelector', 'matchLabels'], create: false },
    { path: ['spec', 'egress', '*', 'to', '*', 'podSelector', 'matchLabels'], create: false },
  ],
};

/**
 * `labels`, `commonLabels` and `commonAnnotations`.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/konfig/builtinpluginconsts/commonlabels.go
 */
export function applyLabels(objects: KubernetesObject[], spec: Body): KubernetesObject[] {
  const entries = [
    { pairs: spec['commonLabels'], includeSelectors: true },
    ...listOf(spec, 'labels').filter(isObject),
  ] as Body[];
  const labels = entries.filter((entry) => isObject(entry['pairs']));
  const annotations = isObject(spec['commonAnnotations']) ? spec['commonAnnotations'] : undefined;
  if (labels.length === 0 && !annotations) return objects;
  return objects.map((object) => {
    const body = labels.reduce((done, entry) => withLabels(object, done, entry), object.body);
    return withBody(object, annotations ? withAnnotations(object, body, annotations) : body);
  });
}

function withLabels({ kind }: KubernetesObject, body: Body, entry: Body): Body {
  const pairs = entry['pairs'] as Pairs;
  const selectors = entry['includeSelectors'] === true ? (SELECTORS[kind] ?? []) : [];
  const isDeep = entry['includeSelectors'] === true || entry['includeTemplates'] === true;
  const templates = isDeep ? (TEMPLATES[kind] ?? []) : [];
  const paths = [
    { path: ['metadata', 'labels'], create: true },
    ...templates.map((path) => ({ path: [...path, 'metadata', 'labels'], create: true })),
    ...selectors,
  ];
  return paths.reduce((done, { path, create }) => add(done, path, pairs, create) as Body, body);
}

function withAnnotations({ kind }: KubernetesObject, body: Body, pairs: Pairs): Body {
  const paths = [[], ...(TEMPLATES[kind] ?? [])];
  return paths.reduce(
    (done, path) => add(done, [...path, 'metadata', 'annotations'], pairs, true) as Body,
    body,
  );
}

/** A copy with pairs added to the map at a path; `*` is every item of a list. */
function add(value: unknown, path: string[], pairs: Pairs, create: boolean): unknown {
  const [field, ...rest] = path;
  if (field === undefined)
    return isObject(value) || create ? { ...(value as Pairs | undefined), ...pairs } : value;
  if (field === '*')
    return Array.isArray(value) ? value.map((item) => add(item, rest, pairs, create)) : value;
  if (value === undefined && !create) return value;
  if (value !== undefined && value !== null && !isObject(value)) return value;
  const inner = add((value as Body | undefined)?.[field], rest, pairs, create);
  return inner === undefined ? value : { ...(value as Body | undefined), [field]: inner };
}

/** Adds labels and annotations to the metadata only, as Flux does with `commonMetadata`. */
export function applyCommonMetadata(objects: KubernetesObject[], metadata: unknown): KubernetesObject[] {
  if (!isObject(metadata)) return objects;
  const { labels, annotations } = metadata;
  return objects.map((object) => {
    const labelled = isObject(labels)
      ? (add(object.body, ['metadata', 'labels'], labels, true) as Body)
      : object.body;
    const body = isObject(annotations)
      ? (add(labelled, ['metadata', 'annotations'], annotations, true) as Body)
      : labelled;
    return withBody(object, body);
  });
}
