import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Files } from '../src/types/files.ts';
import type { Plan } from '../src/types/plan.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a file holds is for each check to say
export type Any = any;
/** Editors and this project's own reader speak 1.2; kubectl, Flux and kustomize speak 1.1. */
export type YamlVersion = '1.1' | '1.2';
export type Labels = Record<string, string>;

/** A Kubernetes object and the file that it was read from. */
export interface KubernetesObject {
  file: string;
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels };
  [key: string]: Any;
}

/** A generated repository as its readers see it: texts, and the objects in them. */
export interface Repository {
  plan: Plan;
  files: Files;
  /** Objects for the cluster. */
  objects: KubernetesObject[];
  /** `kustomization.yaml` files, which name files instead of going to the cluster. */
  kustomizations: KubernetesObject[];
}

export function readRepository(
  { plan, files }: { plan: Plan; files: Files },
  version: YamlVersion = '1.2',
): Repository {
  const all = [...files].flatMap(([file, text]) =>
    /\.ya?ml$/.test(file) ? objectsIn(file, text, version) : [],
  );
  const isKustomization = (one: KubernetesObject) => one.apiVersion.startsWith('kustomize.config.k8s.io/');
  // Files for the API server's own disk have no metadata; fixtures of policy tests are good and bad objects on purpose.
  const applied = all.filter(
    (one) => one.metadata?.name && !isKustomization(one) && !one.file.includes('/tests/'),
  );
  return { plan, files, objects: applied, kustomizations: all.filter(isKustomization) };
}

/** Throws on anything but well-formed YAML with unique keys. Other YAML than Kubernetes objects is parsed and left out. */
export function objectsIn(file: string, text: string, version?: YamlVersion): KubernetesObject[] {
  return documentsIn(file, text, version)
    .filter((one) => typeof one?.apiVersion === 'string' && typeof one?.kind === 'string')
    .map((one) => ({ ...one, file }));
}

const parsed = new Map<string, Any[]>();

/** Values of a file's YAML documents; most files are the same in many combinations, so each text is parsed once. */
export function documentsIn(file: string, text: string, version: YamlVersion = '1.2'): Any[] {
  const key = version + text;
  const known = parsed.get(key);
  if (known) return known;
  const documents = parseAllDocuments(text, { version, strict: true, uniqueKeys: true });
  // `flux bootstrap` writes these; until then they are there so that the kustomization builds.
  if ('empty' in documents && /\/gotk-[\w-]+\.yaml$/.test(file)) return [];
  if ('empty' in documents) throw new Error(`${file}: holds no YAML document`);
  const problems = documents.flatMap((one) => [...one.errors, ...one.warnings]).map((one) => one.message);
  if (problems.length) throw new Error(`${file}: ${problems.join('; ')}`);
  const values = documents.map((one) => one.toJS() as Any);
  parsed.set(key, values);
  return values;
}

const CLUSTER_SCOPED =
  /^(Namespace|Cluster\w+|GatewayClass|Validating\w+|Mutating\w+|Image\w+Policy|CustomResourceDefinition|PriorityClass|StorageClass|ConstraintTemplate|ExpansionTemplate|EnvoyProxyClass)$/;

/** `Kind/name` or `Kind/namespace/name`: what an object is known by. */
export function idOf(kind: string, namespace: string | undefined, name: string): string {
  return CLUSTER_SCOPED.test(kind) || !namespace ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

export const id = (one: KubernetesObject) => idOf(one.kind, one.metadata.namespace, one.metadata.name);
export const at = (one: KubernetesObject) => `${one.file}: ${id(one)}`;
export const ofKind = (objects: KubernetesObject[], ...kinds: string[]) =>
  objects.filter((one) => kinds.includes(one.kind));
export const relativeTo = (file: string, entry: string) => path.posix.join(path.posix.dirname(file), entry);

/** Pods that a rendered workload makes, or that others are known to run. */
export interface Pod {
  namespace: string;
  labels: Labels;
  from: string;
}

/** The pod template of a workload, and nothing for other objects. */
export function podTemplate({
  kind,
  spec,
}: KubernetesObject): { metadata: { labels?: Labels }; spec: Any } | undefined {
  if (kind === 'CronJob') return spec.jobTemplate.spec.template;
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? spec.template : undefined;
}

export function renderedPods(objects: KubernetesObject[]): Pod[] {
  return objects.flatMap((one) => {
    const template = podTemplate(one);
    return template
      ? [{ namespace: one.metadata.namespace ?? '', labels: template.metadata.labels ?? {}, from: id(one) }]
      : [];
  });
}

/** Pods that the repository does not render: workloads that users keep, controllers from charts, the cluster's DNS. */
export function otherPods({ plan }: Repository): Pod[] {
  const rendered = new Set(
    plan.services.filter((one) => !one.own).map((one) => `${one.namespace}/${one.name}`),
  );
  return plan.endpoints
    .filter((one) => one.kind === 'pods' && Object.keys(one.labels).length && !rendered.has(one.id))
    .map(({ namespace, labels, id: from }) => ({ namespace, labels, from }));
}

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether a Kubernetes label selector selects; an empty one selects everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      throw new Error(`no such operator: ${operator}`);
    })
  );
}
