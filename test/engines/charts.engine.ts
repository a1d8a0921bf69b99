import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { Cluster, UPSTREAM_WARNING, type Dict, type KubeObject } from './cluster.ts';
import { pods, releases, template, type Pod, type Release } from './releases.ts';
import { coveringArray, scenarios, type Repository } from './repositories.ts';
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
