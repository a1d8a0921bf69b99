import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { Plan, ReleasePlan } from '../../src/types/plan.ts';
import type { Dict, KubeObject } from './cluster.ts';
import { run } from './process.ts';
import { documents, type Repository } from './repositories.ts';
import { folder } from './suite.ts';
import { charts, type Chart } from './upstream.ts';

export interface Release extends ReleasePlan {
  values: Dict;
  upstream: Chart;
}

/** The charts of a repository with their values and upstream's folder: those of its HelmReleases, and those that bootstrap/ installs. */
export const releases = (repository: Repository): Release[] => [
  ...helmReleases(repository),
  ...installedByHand(repository),
];

/** What a comment of a file in bootstrap/ names is installed by hand, into kube-system. */
export function installedByHand({ files }: Repository): Release[] {
  return [...files].flatMap(([path, text]) => {
    const [, chart, version] = /^# renovate: .*\/charts\/(\S+)\n# version: (\S+)$/m.exec(text) ?? [];
    if (!path.startsWith('bootstrap/') || !chart || !version) return [];
    const upstream = charts().get(chart);
    if (!upstream) throw new Error(`${path}: no upstream chart ${chart}`);
    const base = {
      name: chart,
      file: path,
      namespace: 'kube-system',
      repository: '',
      oci: true,
      after: [],
      verify: null,
    };
    const values = parse(text) as Dict;
    return [{ ...base, chart, version, crds: 'Skip', driftIgnore: [], values, upstream }];
  });
}

function helmReleases({ plan, files }: Repository): Release[] {
  const found = charts();
  const objects = documents(files).map(({ object }) => object);
  return plan.releases.map((release) => {
    const object = objects.find(
      ({ kind, metadata }) => kind === 'HelmRelease' && metadata.name === release.name,
    );
    const upstream = found.get(release.chart);
    if (!object || !upstream)
      throw new Error(`${release.name}: ${object ? `no upstream chart ${release.chart}` : 'no HelmRelease'}`);
    return { ...release, upstream, values: ((object.spec as Dict).values ?? {}) as Dict };
  });
}

/** What a monitored, current cluster offers; some charts render less without. */
const API_VERSIONS = [
  'monitoring.coreos.com/v1',
  'monitoring.coreos.com/v1/ServiceMonitor',
  'gateway.networking.k8s.io/v1/GatewayClass',
  'policy/v1',
];

const rendered = new Map<string, KubeObject[]>();

/** `helm template` with the release's values: schema and templates of the chart have the word. Hooks are part of it. */
export function template({ name, namespace, values, upstream }: Release, plan: Plan): KubeObject[] {
  const versions = [
    `--kube-version=${String(plan.inputs.kubernetesVersion)}`,
    ...API_VERSIONS.map((version) => `--api-versions=${version}`),
  ];
  const key = JSON.stringify([name, namespace, values, versions]);
  const known = rendered.get(key);
  if (known) return known;
  const file = join(folder([['values.yaml', stringify(values)]]), 'values.yaml');
  const done = run('helm', [
    'template',
    name,
    upstream.folder,
    `--namespace=${namespace}`,
    `--values=${file}`,
    ...versions,
  ]);
  if (done.status !== 0) throw new Error(`${name}: ${done.stderr.trim()}`);
  const objects = parseAllDocuments(done.stdout).flatMap(
    (document) => (document.toJS() as KubeObject | null) ?? [],
  );
  rendered.set(key, objects);
  return objects;
}

export interface ContainerSpec extends Dict {
  name: string;
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  securityContext?: Dict;
}

export interface PodSpec extends Dict {
  containers: ContainerSpec[];
  initContainers?: ContainerSpec[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  hostNetwork?: boolean;
  volumes?: Dict[];
}

export interface Pod {
  /** The object that makes it: `Deployment istiod`. */
  from: string;
  name: string;
  namespace: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: PodSpec;
}

interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

/** The Pod that each workload among these objects makes. */
export function pods(objects: KubeObject[], namespace = 'default'): Pod[] {
  return objects.flatMap((object) => {
    const spec = object.spec as {
      volumeClaimTemplates?: KubeObject[];
      template?: Template;
      jobTemplate?: { spec: { template: Template } };
    } & PodSpec;
    const template =
      object.kind === 'Pod'
        ? { metadata: object.metadata, spec }
        : object.kind === 'CronJob'
          ? spec.jobTemplate!.spec.template
          : WORKLOADS.has(object.kind)
            ? spec.template!
            : undefined;
    if (!template) return [];
    const { labels = {}, annotations = {} } = template.metadata ?? {};
    return [
      {
        from: `${object.kind} ${object.metadata.name}`,
        name: object.metadata.name,
        namespace: object.metadata.namespace ?? namespace,
        labels:
          object.kind === 'Job'
            ? { 'batch.kubernetes.io/job-name': object.metadata.name, ...labels }
            : labels,
        annotations,
        spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims(spec)] },
      },
    ];
  });
}

/** A StatefulSet's claims are volumes of its pods. */
const claims = ({ volumeClaimTemplates = [] }: { volumeClaimTemplates?: KubeObject[] }) =>
  volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));

const WORKLOADS = new Set(['Deployment', 'DaemonSet', 'StatefulSet', 'Job', 'ReplicaSet']);

export const asPod = ({ name, namespace, labels, annotations, spec }: Pod): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels, annotations },
  spec,
});
