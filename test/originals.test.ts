import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { id, objectsIn, ofKind, readRepository, type Any, type KubernetesObject } from './objects.ts';
import { generate } from './support.ts';

/** Manifests of the applications' authors; see README.md there. They are not part of this repository. */
const folder = process.env['GRAPHS_DIR'] ?? path.join(import.meta.dirname, '../../shared/graphs');
const present = existsSync(folder);
if (!present)
  console.warn(`Skipped: no original manifests in ${folder}. Set GRAPHS_DIR to compare with them.`);

/** Whole containers' worth of differences that are meant, each with its reason. All else must be as in the original. */
const ALLOWED: Record<string, Record<string, unknown>> = {
  'online-boutique': {
    // Of stateless services two run, so that a node can be drained.
    ...Object.fromEntries(
      ['frontend', 'adservice', 'currencyservice', 'cartservice', 'recommendationservice', 'checkoutservice']
        .concat(['emailservice', 'paymentservice', 'shippingservice', 'productcatalogservice'])
        .map((name) => [`${name} replicas`, 2]),
    ),
    // One identity each: theirs runs as default.
    'redis-cart account': 'redis-cart',
    // Public by the Gateway, not by a load balancer of its own.
    'frontend-external type': 'ClusterIP',
  },
  bookinfo: {},
  'bookinfo-full': {
    // A caller is a service: its versions share one identity.
    'details-v2 account': 'bookinfo-details',
    'ratings-v2 account': 'bookinfo-ratings',
    'ratings-v2-mysql account': 'bookinfo-ratings',
    'mongodb-v1 account': 'mongodb',
    'mysqldb-v1 account': 'mysqldb',
    // The password in plain text became the Secret that holds it already.
    'ratings-v2-mysql env MYSQL_DB_PASSWORD': {
      secretKeyRef: { name: 'mysql-credentials', key: 'rootpasswd' },
    },
    // Both start as root; we say so.
    'mongodb-v1 user': 0,
    'mysqldb-v1 user': 0,
    // Read-only root: what the original writes into the image's layer.
    'mongodb-v1 mount /tmp': 'emptyDir',
    'mysqldb-v1 mount /tmp': 'emptyDir',
    'mysqldb-v1 mount /var/run/mysqld': 'emptyDir',
  },
};

describe.skipIf(!present).each(Object.keys(ALLOWED))('%s', (name) => {
  const original = present
    ? objectsIn('original', readFileSync(path.join(folder, `${name}.original.yaml`), 'utf8'))
    : [];
  const blueprint = readFileSync(path.join(import.meta.dirname, 'scenarios', name, 'blueprint.yaml'), 'utf8');
  const { objects, plan } = readRepository(generate(parse(blueprint)));

  it('has every workload and Service of the original, and no other', () => {
    const names = (all: KubernetesObject[]) =>
      ofKind(all, 'Deployment', 'Service')
        .map((one) => `${one.kind} ${one.metadata.name}`)
        .sort();
    const ours = objects.filter((one) =>
      plan.services.some((service) => service.namespace === one.metadata.namespace),
    );
    expect(names(ours)).toEqual(names(original));
  });

  it('says of each what the original says, or a difference that is meant', () => {
    const unmet = { ...ALLOWED[name] };
    const differences = ofKind(original, 'Deployment', 'Service').flatMap((theirs) => {
      const ours = objects.find(
        (one) => one.kind === theirs.kind && one.metadata.name === theirs.metadata.name,
      )!;
      const [had, has] = [factsOf(theirs), factsOf(ours)];
      return [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((fact) => {
        if (same(had[fact], has[fact]) || isHardening(fact, had[fact])) return [];
        const key = `${theirs.metadata.name} ${fact}`;
        if (!(key in unmet) || !same(unmet[key], has[fact]))
          return [`${id(ours)} ${fact}: ${show(had[fact])} became ${show(has[fact])}`];
        delete unmet[key];
        return [];
      });
    });
    expect(differences).toEqual([]);
    expect(Object.keys(unmet), 'allowed, but not different').toEqual([]);
  });

  it('keeps each Secret by name and key', () => {
    const namespaces = plan.services.map((one) => one.namespace);
    const ourSecrets = plan.secrets
      .filter((one) => namespaces.includes(one.namespace))
      .map((one) => [one.name, one.keys]);
    const secrets = ofKind(original, 'Secret').map((one) => [one.metadata.name, Object.keys(one['data'])]);
    expect(ourSecrets).toEqual(secrets);
  });
});

/** What a workload or Service says, one fact per line, defaults of the API filled in. */
function factsOf(object: KubernetesObject): Record<string, unknown> {
  const { spec, kind } = object;
  if (kind === 'Service') {
    const ports = spec.ports.map((one: Any) => [
      `port ${one.name}`,
      [one.port, one.targetPort ?? one.port, one.protocol ?? 'TCP'],
    ]);
    return { selector: spec.selector, type: spec.type ?? 'ClusterIP', ...Object.fromEntries(ports) };
  }
  const { template } = spec;
  const pod = template.spec;
  const [main] = pod.containers;
  return {
    replicas: spec.replicas ?? 1,
    selector: spec.selector.matchLabels,
    ...prefixed('annotation', template.metadata.annotations ?? {}),
    account: pod.serviceAccountName ?? 'default',
    'grace period': pod.terminationGracePeriodSeconds ?? 30,
    user: pod.securityContext?.runAsUser,
    group: pod.securityContext?.runAsGroup,
    'group of files': pod.securityContext?.fsGroup,
    containers: pod.containers.length,
    ...containerFacts(main, pod.volumes ?? []),
    readiness: main.readinessProbe,
    liveness: main.livenessProbe,
    startup: main.startupProbe,
    ...(pod.initContainers ?? []).reduce(
      (all: object, one: Any) => ({
        ...all,
        ...prefixed(`init ${one.name}`, containerFacts(one, pod.volumes ?? [])),
      }),
      {},
    ),
  };
}

function containerFacts(container: Any, volumes: Any[]): Record<string, unknown> {
  const {
    image,
    command,
    args,
    env = [],
    envFrom,
    ports = [],
    resources,
    volumeMounts = [],
    imagePullPolicy = 'IfNotPresent',
  } = container;
  const kindOf = (mount: Any) =>
    Object.keys(volumes.find((one) => one.name === mount.name) ?? {}).find((key) => key !== 'name');
  return {
    image,
    command,
    args,
    envFrom,
    imagePullPolicy,
    resources,
    ports: ports.map((one: Any) => `${one.containerPort}/${one.protocol ?? 'TCP'}`),
    'read-only root': container.securityContext?.readOnlyRootFilesystem,
    capabilities: container.securityContext?.capabilities?.drop,
    ...prefixed('env', Object.fromEntries(env.map((one: Any) => [one.name, one.value ?? one.valueFrom]))),
    ...prefixed('mount', Object.fromEntries(volumeMounts.map((one: Any) => [one.mountPath, kindOf(one)]))),
  };
}

const prefixed = (prefix: string, facts: object) =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${prefix} ${key}`, value]));

/** Where the original says nothing, we may be stricter: limits, a probe of the port, a read-only root, no capabilities. */
function isHardening(fact: string, had: unknown): boolean {
  return had === undefined && /^(init \S+ )?(resources|readiness|read-only root|capabilities)$/.test(fact);
}

const same = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const show = (value: unknown) => JSON.stringify(value) ?? 'nothing';
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, item]) => [key, sorted(item)]),
  );
}
