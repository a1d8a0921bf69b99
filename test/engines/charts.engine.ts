import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { Cluster, UPSTREAM_WARNING, type Dict, type KubeObject } from './cluster.ts';
import { pods, releases, template, type Pod, type Release } from './releases.ts';
import { podRequests } from '../../src/plan/requests.ts';
import { catalog } from '../support.ts';
import {
  blueprints,
  coveringArray,
  repository,
  scenario,
  scenarios,
  type Repository,
} from './repositories.ts';
import { suite } from './suite.ts';
import { filesOf } from './upstream.ts';

/** Each chart with each set of values that is rendered, once. */
function distinct(): { release: Release; repository: Repository }[] {
  const all = [...scenarios(), ...coveringArray()].flatMap((repository) =>
    releases(repository).map((release) => ({ release, repository })),
  );
  return [
    ...new Map(all.map((one) => [JSON.stringify([one.release.name, one.release.values]), one])).values(),
  ];
}

const isMap = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values as a chart documents them; Istio's lie under a key of their own. */
function defaults(folder: string): Dict {
  const values = parse(readFileSync(join(folder, 'values.yaml'), 'utf8')) as Dict;
  return (values._internal_defaults_do_not_set as Dict | undefined) ?? values;
}

/** Maps that a chart hands on as they are; others check them: the API server those of pods, istioctl the mesh's (files.engine.ts). */
const HANDED_ON = /(^|\.)([a-zA-Z]*[sS]ecurityContext|resources|meshConfig)$/;

/** Keys of ours that neither the chart's values nor its templates know. An empty map of the chart takes any key. */
function unknownKeys({ values, upstream }: Release): string[] {
  const text = readFileSync(join(upstream.folder, 'values.yaml'), 'utf8');
  const templates = filesOf(join(upstream.folder, 'templates'), '')
    .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const isRead = (path: string[]) =>
    templates.includes(`.Values.${path.join('.')}`) ||
    new RegExp(`^\\s*#\\s*${path.at(-1)}:`, 'm').test(text);
  const walk = (ours: Dict, known: Dict, path: string[]): string[] =>
    Object.entries(ours).flatMap(([key, value]) => {
      const at = [...path, key];
      const subchart = join(upstream.folder, 'charts', key);
      if (!(key in known) && !existsSync(subchart)) return isRead(at) ? [] : [at.join('.')];
      const next =
        existsSync(subchart) && !path.length
          ? { ...defaults(subchart), ...(isMap(known[key]) ? known[key] : {}) }
          : known[key];
      return isMap(value) && isMap(next) && Object.keys(next).length && !HANDED_ON.test(at.join('.'))
        ? walk(value, next, at)
        : [];
    });
  return walk(values, defaults(upstream.folder), []);
}

suite('charts', ['upstream', 'helm'], () => {
  test('[cm-install] [ss-install] [eso-install] [mesh-install] [falco-install] [trivy-k8s] pass their schema and templates with our values, and make no namespace', () => {
    const found = distinct();
    // A network plugin stands outside: what it runs is no pod of this repository's namespaces.
    const inLayers = found.filter(({ release }) => !release.file.startsWith('bootstrap/'));
    const templates = new Map(found.map((one) => [one, template(one.release, one.repository.plan)]));
    const namespaces = inLayers.flatMap((one) =>
      templates
        .get(one)!
        .filter(({ kind }) => kind === 'Namespace')
        .map(({ metadata }) => `${one.release.name}: ${metadata.name}`),
    );
    expect(namespaces).toEqual([]);
    console.log(
      `${found.length} sets of values for ${new Set(found.map(({ release }) => release.name)).size} charts`,
    );
  });

  test('know every key of our values', () => {
    const unknown = distinct().flatMap(({ release }) =>
      unknownKeys(release).map((key) => `${release.name}: ${key}`),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('[controllers-ha] run twice, with a PodDisruptionBudget, where a webhook must answer', () => {
    const found = distinct().flatMap(({ release, repository }) => {
      const objects = template(release, repository.plan);
      return answering(release, objects).map((service) => ({
        service,
        wrong: fragile(release, objects, service),
      }));
    });
    expect([...new Set(found.map(({ service }) => service))].sort()).toEqual(MUST_ANSWER);
    expect([...new Set(found.flatMap(({ wrong }) => wrong))]).toEqual([]);
  });

  test('[monitoring] Falcosidekick is told of the address under a name that its chart knows, for each sink', () => {
    const sinks = catalog.inputs.find(({ name }) => name === 'alertSink')!.options!;
    const everything = blueprints().get('everything')!;
    for (const alertSink of [undefined, ...sinks]) {
      const inputs = { ...(everything.inputs as Dict), alertSink };
      const made = repository('sink', { ...everything, inputs });
      const release = releases(made).find(({ name }) => name === 'falco')!;
      const objects = template(release, made.plan);
      const [pod] = pods(objects).filter(({ from }) => from === 'Deployment falco-falcosidekick');
      const env = pod!.spec.containers[0]!.env as { name: string; value?: string; valueFrom?: Dict }[];
      const address = env.find(({ valueFrom }) => JSON.stringify(valueFrom)?.includes('falco-alerts'))!;
      const known = readFileSync(
        join(release.upstream.folder, 'charts/falcosidekick/templates/secrets.yaml'),
        'utf8',
      );
      for (const { name } of [address, ...env.filter((one) => one.name.startsWith('ALERTMANAGER_'))])
        expect(known, alertSink).toContain(`  ${name}: `);
      const isJson = alertSink === undefined || alertSink === 'generic';
      expect(address.name === 'WEBHOOK_ADDRESS', alertSink).toBe(isJson);
      // The Service that the page asks for a test alert.
      expect(
        objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'falco-falcosidekick'),
      ).toHaveLength(1);
    }
  });

  test('fit on the nodes that bootstrap/gke.sh asks for', () => {
    const gke = scenarios()
      .concat(coveringArray())
      .filter(({ plan }) => plan.choices.distribution === 'gke');
    const sums = gke.map((one) => {
      const script = one.files.get('bootstrap/gke.sh')!;
      expect(script).toContain('request up to 3 CPUs and 9 GiB of memory');
      expect(script).toContain('--machine-type=e2-standard-4 \\\n  --num-nodes=1 ');
      return requestsOf(one);
    });
    const most = (pick: (sum: { cpu: number; memory: number }) => number) => Math.max(...sums.map(pick));
    console.log(
      `the platform requests up to ${most((one) => one.cpu).toFixed(2)} CPUs and ${(most((one) => one.memory) / 2 ** 30).toFixed(1)} GiB`,
    );
    expect(most((one) => one.cpu)).toBeLessThan(3);
    expect(most((one) => one.memory)).toBeLessThan(9 * 2 ** 30);
  });

  test('Cilium’s operator needs two nodes, which the pages make first', () => {
    const made = scenario('cilium');
    const release = releases(made).find(({ name }) => name === 'cilium')!;
    const objects = template(release, made.plan);
    const [operator] = pods(objects).filter(({ from }) => from === 'Deployment cilium-operator');
    expect(replicas(objects, operator!)).toBe(2);
    expect(JSON.stringify(operator!.spec.affinity)).toContain('requiredDuringScheduling');
    // They wait on nodes that have no network yet, those of the control plane too.
    const tolerated = (operator!.spec.tolerations as { key?: string }[]).map(({ key }) => key);
    expect(tolerated).toEqual(
      expect.arrayContaining(['node-role.kubernetes.io/control-plane', 'node.kubernetes.io/not-ready']),
    );
    const kubeadm = repository('kubeadm', {
      ...blueprints().get('cilium')!,
      choices: { ...(blueprints().get('cilium')!.choices as Dict), distribution: 'kubeadm' },
    });
    const page = kubeadm.files.get('docs/bootstrap.md')!;
    const order = ['kubeadm init --config', '`kubeadm join`', 'helm upgrade --install cilium'].map((one) =>
      page.indexOf(one),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('name no image without a version', () => {
    const unnamed = distinct().flatMap(
      ({ release, repository }) =>
        JSON.stringify(template(release, repository.plan))
          .match(/"image":"[^"]*:latest"/g)
          ?.map((image) => `${release.name}: ${image}`) ?? [],
    );
    expect(unnamed).toEqual([]);
  });

  test('are those of the versions that upstream data has', () => {
    const pins = distinct().map(({ release: { name, version, upstream } }) => ({
      name,
      ours: minor(version),
      upstream: minor(upstream.version),
    }));
    expect(pins.filter(({ ours, upstream }) => ours !== upstream)).toEqual([]);
  });
});

suite('charts in a cluster', ['upstream', 'helm', 'api-server'], () => {
  test('make only objects that the API server accepts', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const made = distinct().flatMap(({ release, repository }) => template(release, repository.plan));
    const objects = [...new Map(made.map((object) => [JSON.stringify(object), object])).values()];
    const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    cluster.applyAll(
      [...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
    const { stderr } = cluster.dryRun(objects.filter(({ kind }) => kind !== 'ServiceMonitor'));
    expect(stderr.split('\n').filter((line) => line && !UPSTREAM_WARNING.test(line))).toEqual([]);
    console.log(`${objects.length} distinct objects of charts accepted`);
  });
});

/** Services of webhooks that must answer and that no chart makes: the controller itself does, once it runs. */
const MADE_LATER: Record<string, string[]> = { kyverno: ['kyverno-svc'] };

/** Services that the API server must reach before it takes some objects. */
function answering(release: Release, objects: KubeObject[]): string[] {
  const hooks = objects
    .filter(({ kind }) => /^(Validating|Mutating)WebhookConfiguration$/.test(kind))
    .flatMap(({ webhooks }) => (webhooks as Webhook[] | undefined) ?? [])
    .filter(({ failurePolicy = 'Fail' }) => failurePolicy === 'Fail');
  const named = hooks.map(({ clientConfig: { service } }) => `${service?.namespace}/${service?.name}`);
  const later = (MADE_LATER[release.chart] ?? []).map((name) => `${release.namespace}/${name}`);
  return [...new Set([...named, ...later])];
}

/** Why a Service stops answering when one pod goes. */
function fragile(release: Release, objects: KubeObject[], service: string): string[] {
  const spaceOf = ({ metadata }: KubeObject) => metadata.namespace ?? release.namespace;
  const found = objects.find(
    (one) => one.kind === 'Service' && `${spaceOf(one)}/${one.metadata.name}` === service,
  );
  if (!found) return [`${service}: not there`];
  const selector = (found.spec as { selector: Labels }).selector;
  const behind = pods(objects, release.namespace).filter(
    (pod) => pod.namespace === spaceOf(found) && has(pod.labels, selector),
  );
  if (!behind.length) return [`${service}: no pods`];
  const isKept = (pod: Pod) =>
    objects.some(
      (one) =>
        one.kind === 'PodDisruptionBudget' &&
        spaceOf(one) === pod.namespace &&
        has(pod.labels, (one.spec as { selector: { matchLabels: Labels } }).selector.matchLabels),
    );
  return behind.flatMap((pod) => [
    ...(replicas(objects, pod) >= 2 ? [] : [`${service}: ${pod.from} has one pod`]),
    ...(isKept(pod) ? [] : [`${service}: no PodDisruptionBudget for ${pod.from}`]),
  ]);
}

/** All that are asked, so that none is overlooked when a chart names its webhooks otherwise. */
const MUST_ANSWER = [
  'cert-manager/cert-manager-webhook',
  'external-secrets/external-secrets-webhook',
  'gatekeeper-system/gatekeeper-webhook-service',
  'istio-system/istiod',
  'kyverno/kyverno-svc',
];

type Labels = Record<string, string>;
interface Webhook {
  failurePolicy?: string;
  clientConfig: { service?: { name: string; namespace: string } };
}

const has = (labels: Labels, wanted: Labels) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** The least that run: an autoscaler's minimum, else the workload's own count. */
function replicas(objects: KubeObject[], { from }: Pod): number {
  const [kind, name] = from.split(' ');
  const scaler = objects.find((one) => {
    const { scaleTargetRef } = (one.spec ?? {}) as { scaleTargetRef?: { kind: string; name: string } };
    return (
      one.kind === 'HorizontalPodAutoscaler' && scaleTargetRef?.kind === kind && scaleTargetRef?.name === name
    );
  });
  if (scaler) return (scaler.spec as { minReplicas?: number }).minReplicas ?? 1;
  const own = objects.find((one) => one.kind === kind && one.metadata.name === name)!;
  return (own.spec as { replicas?: number }).replicas ?? 1;
}

const minor = (version: string) => version.replace(/^v/, '').split('.').slice(0, 2).join('.');

/** What the pods of all charts request together, three times where they run on each of three nodes. */
function requestsOf(made: Repository): { cpu: number; memory: number } {
  const all = releases(made).flatMap((release) => {
    const objects = template(release, made.plan);
    return pods(objects, release.namespace)
      .filter(({ from }) => /^(Deployment|StatefulSet|DaemonSet) /.test(from))
      .map((pod) => ({
        ...podRequests(pod.spec),
        count: pod.from.startsWith('DaemonSet ') ? 3 : replicas(objects, pod),
      }));
  });
  const sum = (pick: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + one.count * pick(one), 0);
  return { cpu: sum((one) => one.cpu), memory: sum((one) => one.memory) };
}
