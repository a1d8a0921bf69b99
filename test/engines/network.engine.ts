import { expect, test } from 'vitest';
import type { Dict, KubeObject } from './cluster.ts';
import {
  isNetworkPolicy,
  isWhole,
  listensOn,
  opens,
  peerPods,
  portsOf,
  selectsPod,
  type NetworkPolicy,
  type PolicyRule,
} from './network-policy.ts';
import { notSent } from './not-sent.ts';
import { pods, releases, template, type Pod } from './releases.ts';
import { coveringArray, documents, scenarios, type Repository } from './repositories.ts';
import { isForeign, runtimePods, withProxy } from './runtime-pods.ts';
import { suite } from './suite.ts';

interface World {
  repository: Repository;
  policies: NetworkPolicy[];
  charts: { objects: KubeObject[]; pods: Pod[] }[];
  pods: Pod[];
}

let worlds: World[] | undefined;

/** All pods that a cluster would run, and what our policies say of them. */
function allWorlds(): World[] {
  return (worlds ??= [...scenarios(), ...coveringArray()].map((repository) => {
    const rendered = documents(repository.files)
      .filter((one) => !notSent(one))
      .map(({ object }) => object);
    const charts = releases(repository).map((release) => {
      const objects = template(release, repository.plan).map((object) => ({
        ...object,
        metadata: { namespace: release.namespace, ...object.metadata },
      }));
      return { objects, pods: pods(objects, release.namespace).filter(({ spec }) => !spec.hostNetwork) };
    });
    const policies = [...rendered, ...charts.flatMap(({ objects }) => objects)].filter(isNetworkPolicy);
    return {
      repository,
      policies,
      charts,
      pods: [
        ...pods(rendered).map((pod) => withProxy(repository, pod)),
        ...charts.flatMap((chart) => chart.pods),
        ...runtimePods(repository),
      ],
    };
  }));
}

const collect = (find: (world: World) => string[]): string[] =>
  [...new Set(allWorlds().flatMap(find))].sort();

const isOwned = ({ repository: { plan } }: World, { namespace }: Pod) =>
  plan.namespaces.some(({ name }) => name === namespace);

const rules = (world: World, pod: Pod, way: 'ingress' | 'egress'): PolicyRule[] =>
  world.policies.filter((policy) => selectsPod(policy, pod)).flatMap(({ spec }) => spec[way] ?? []);

/** Bound to a role that nothing in them uses. */
const NEEDS_NO_API: Record<string, string> = {
  'Deployment falco-falcosidekick': 'the role is for PolicyReports, an output that is off',
};

suite('network policies', ['upstream', 'helm'], () => {
  test('know each pod of a chart', () => {
    const known = (world: World, pod: Pod) =>
      world.policies.some((policy) => selectsPod(policy, pod) && !isWhole(policy.spec.podSelector));
    const alone = collect((world) =>
      world.charts
        .flatMap((chart) => chart.pods)
        .filter((pod) => isOwned(world, pod) && !known(world, pod))
        .map((pod) => `${pod.namespace}: ${pod.from} ${JSON.stringify(pod.labels)}`),
    );
    expect(alone).toEqual([]);
  });

  test('select and name pods that exist', () => {
    const dead = collect((world) =>
      world.policies.flatMap((policy) => {
        const {
          metadata: { name, namespace = '' },
          spec,
        } = policy;
        const place = `${namespace}/${name}`;
        const nobody =
          isWhole(spec.podSelector) ||
          world.pods.some((pod) => selectsPod(policy, pod)) ||
          isForeign(world.repository, namespace, spec.podSelector.matchLabels ?? {})
            ? []
            : [`${place} selects no pod`];
        const peers = [...(spec.ingress ?? []), ...(spec.egress ?? [])]
          .flatMap(({ from = [], to = [] }) => [...from, ...to])
          .filter(({ ipBlock }) => !ipBlock);
        const missing = peers.filter((peer) => {
          const peerNamespace =
            peer.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? namespace;
          return (
            !peerPods(peer, namespace, world.pods).length &&
            !isForeign(world.repository, peerNamespace, peer.podSelector?.matchLabels ?? {})
          );
        });
        return [...nobody, ...missing.map((peer) => `${place} names no pod: ${JSON.stringify(peer)}`)];
      }),
    );
    expect(dead).toEqual([]);
  });

  test('open ports that the pods listen on', () => {
    const wrong = collect((world) =>
      world.policies.flatMap((policy) => {
        const {
          metadata: { name, namespace = '' },
          spec,
        } = policy;
        const own = world.pods.filter((pod) => selectsPod(policy, pod));
        const check = (listeners: Pod[], { ports = [] }: PolicyRule, way: string) =>
          listeners.length
            ? ports
                .filter((port) => !listeners.some((pod) => listensOn(pod, port)))
                .map(
                  (port) =>
                    `${namespace}/${name} ${way} ${JSON.stringify(port)}: ${listeners[0]!.from} listens on ${JSON.stringify(portsOf(listeners[0]!))}`,
                )
            : [];
        return [
          ...(spec.ingress ?? []).flatMap((rule) => check(own, rule, 'ingress')),
          ...(spec.egress ?? []).flatMap((rule) =>
            (rule.to ?? []).flatMap((peer) =>
              peer.ipBlock ? [] : check(peerPods(peer, namespace, world.pods), rule, 'egress'),
            ),
          ),
        ];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('let the API server reach every webhook', () => {
    let count = 0;
    const closed = collect((world) =>
      world.charts.flatMap(({ objects }) =>
        webhooks(objects).flatMap(({ name, port }) => {
          // One chart's webhook may lead to another's pods.
          const all = world.charts.flatMap((chart) => chart.objects);
          const service = all.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
          const { ports = [], selector } = (service?.spec ?? {}) as Partial<ServiceSpec>;
          const wanted = ports.find((one) => one.port === port);
          const isBehind = (pod: Pod) =>
            pod.namespace === service?.metadata.namespace &&
            selector &&
            Object.entries(selector).every(([key, value]) => pod.labels[key] === value);
          const targets = world.pods.filter(isBehind);
          if (!wanted || !targets.length) return [`${name}:${port} leads to no pod`];
          count++;
          return targets
            .filter((pod) => isOwned(world, pod))
            .flatMap((pod) => {
              const number =
                typeof wanted.targetPort === 'string'
                  ? portsOf(pod).find((one) => one.name === wanted.targetPort)?.containerPort
                  : (wanted.targetPort ?? wanted.port);
              return number && rules(world, pod, 'ingress').some((rule) => !rule.from && opens(rule, number))
                ? []
                : [`${name}:${port}, ${pod.from} port ${number} is closed`];
            });
        }),
      ),
    );
    expect(closed).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });

  test('let what has rights reach the API server', () => {
    const found = collect((world) =>
      [...world.charts.flatMap(({ objects, pods: own }) => own.map((pod) => ({ pod, objects })))]
        .filter(({ pod }) => isOwned(world, pod))
        .flatMap(({ pod, objects }) => {
          const cidrs = world.repository.plan.inputs.apiServerCidrs as string[] | null;
          const reaches = [443, 6443].some((port) =>
            rules(world, pod, 'egress').some((rule) => opens(rule, port) && isApiServer(rule, cidrs)),
          );
          const needs =
            subjects(objects).has(pod.spec.serviceAccountName ?? 'default') &&
            pod.spec.automountServiceAccountToken !== false;
          return needs && !reaches && !NEEDS_NO_API[pod.from]
            ? [`${pod.namespace}: ${pod.from} may not reach the API server`]
            : [];
        }),
    );
    expect(found).toEqual([]);
  });
});

interface ServiceSpec {
  selector: Record<string, string>;
  ports: { port: number; targetPort?: number | string }[];
}

/** Services that the API server calls; Kyverno registers its own at run time. */
const RUNTIME_WEBHOOKS = ['kyverno-svc', 'kyverno-cleanup-controller'];

function webhooks(objects: KubeObject[]): { name: string; port: number }[] {
  const declared = objects.flatMap((object) => {
    const spec = (object.spec ?? {}) as { conversion?: { webhook?: { clientConfig: Dict } }; service?: Dict };
    const configs = ((object.webhooks ?? []) as { clientConfig: Dict }[]).map(
      ({ clientConfig }) => clientConfig.service as Dict,
    );
    const conversion = spec.conversion?.webhook?.clientConfig.service as Dict | undefined;
    const api = object.kind === 'APIService' ? spec.service : undefined;
    return [...configs, conversion, api]
      .filter((service) => service !== undefined)
      .map(({ name, port }) => ({ name: String(name), port: Number(port ?? 443) }));
  });
  const runtime = objects
    .filter(({ kind, metadata }) => kind === 'Service' && RUNTIME_WEBHOOKS.includes(metadata.name))
    .map(({ metadata }) => ({ name: metadata.name, port: 443 }));
  return [...declared, ...runtime];
}

/** ServiceAccounts that a role is bound to. */
const subjects = (objects: KubeObject[]): Set<string> =>
  new Set(
    objects
      .filter(({ kind }) => kind.endsWith('RoleBinding'))
      .flatMap(({ subjects = [] }) =>
        (subjects as { kind: string; name: string }[])
          .filter(({ kind }) => kind === 'ServiceAccount')
          .map(({ name }) => name),
      ),
  );

const isApiServer = ({ to }: PolicyRule, cidrs: string[] | null): boolean =>
  cidrs?.length ? cidrs.every((cidr) => to?.some(({ ipBlock }) => ipBlock?.cidr === cidr)) : !to;
