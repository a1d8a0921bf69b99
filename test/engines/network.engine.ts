import { expect, test } from 'vitest';
import { fromApiServer, isApiServer, subjects, webhooks, type ServiceSpec } from './api-access.ts';
import {
  isPods,
  isWhole,
  listensOn,
  opens,
  peerPods,
  portsOf,
  selectsPod,
  type PolicyRule,
} from './network-policy.ts';
import type { Pod } from './releases.ts';
import { isForeign } from './runtime-pods.ts';
import { suite } from './suite.ts';
import { allWorlds, type World } from './worlds.ts';

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

  test('[np-inter] select and name pods that exist', () => {
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
          .filter(isPods);
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

  test('[np-gateway] [np-inter] open ports that the pods listen on', () => {
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
            (rule.to ?? []).flatMap((peer) => check(peerPods(peer, namespace, world.pods), rule, 'egress')),
          ),
        ];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('[webhook-ingress] let the API server reach every webhook', () => {
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
              return number &&
                rules(world, pod, 'ingress').some((rule) => fromApiServer(rule) && opens(rule, number))
                ? []
                : [`${name}:${port}, ${pod.from} port ${number} is closed`];
            });
        }),
      ),
    );
    expect(closed).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });

  test('[webhook-ingress] let what has rights reach the API server', () => {
    const found = collect((world) =>
      [...world.charts, world.rendered]
        .flatMap(({ objects, pods: own }) => own.map((pod) => ({ pod, objects })))
        .filter(({ pod }) => isOwned(world, pod))
        .flatMap(({ pod, objects }) => {
          const cidrs = (world.repository.plan.inputs.apiServerCidrs ?? null) as string[] | null;
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
