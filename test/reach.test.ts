import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { podTemplate, readRepository, renderedPods, type Any, type Pod, type Repository } from './objects.ts';
import { reachability } from './reach.ts';
import { refusal } from '../src/plan/choose.ts';
import { catalog, generate } from './support.ts';

const scenario = (name: string) =>
  parse(readFileSync(path.join(import.meta.dirname, 'scenarios', name, 'blueprint.yaml'), 'utf8')) as Any;
const optionsOf = (slot: string) =>
  catalog.slots.find((one) => one.name === slot)!.components.map((one) => one.name);
/** Every mesh with every kind of network policy that may stand beside it. */
const pairs = optionsOf('mesh')
  .flatMap((mesh) => optionsOf('network').map((network) => ({ mesh, network })))
  .filter((choices) => !refusal(choices, catalog));
const stranger: Pod = {
  namespace: 'stranger',
  labels: { app: 'frontend' },
  from: 'a pod of a namespace that is not ours',
};

/** A mesh may carry what it encrypts on a port of its own; policies must name that one. */
const wirePort = ({ plan }: Repository, port: number) =>
  (plan.provides['mesh']!['wirePort'] as number | null) ?? port;

function podsByName(repository: Repository): Record<string, Pod> {
  const gateway = repository.plan.endpoints.find((one) => one.id === 'gateway')!;
  const pods = renderedPods(repository.objects).map((pod) => [pod.labels['app']!, pod] as const);
  return {
    ...Object.fromEntries(pods),
    gateway: { namespace: gateway.namespace, labels: gateway.labels, from: 'gateway' },
  };
}

describe.each(pairs)('[np-deny] [np-inter] the sample with mesh $mesh, network $network', (choices) => {
  const repository = readRepository(generate({ name: 'my-cluster', choices }));
  const connects = reachability(repository.objects);
  const pods = podsByName(repository);

  it.each([
    ['gateway', 'frontend', true],
    ['gateway', 'api-service', true],
    ['gateway', 'backend-service', false],
    ['frontend', 'api-service', true],
    ['api-service', 'backend-service', true],
    ['frontend', 'backend-service', false],
    ['backend-service', 'api-service', false],
    ['api-service', 'frontend', false],
  ])('[np-gateway] [np-inter] %s → %s: %s', (from, to, allowed) => {
    expect(connects({ from: pods[from]!, to: pods[to]!, port: wirePort(repository, 8080) })).toBe(allowed);
    expect(connects({ from: pods[from]!, to: pods[to]!, port: 9999 }), 'another port').toBe(false);
    expect(connects({ from: pods[from]!, to: pods[to]!, port: 8080, protocol: 'UDP' }), 'UDP').toBe(false);
  });

  it('[np-deny] nobody else reaches a service, and services reach nobody else', () => {
    const services = ['frontend', 'api-service', 'backend-service'].map((name) => pods[name]!);
    for (const service of services) {
      expect(connects({ from: stranger, to: service, port: wirePort(repository, 8080) })).toBe(false);
      expect(connects({ from: service, to: stranger, port: 8080 })).toBe(false);
    }
  });

  it('[np-dns] everyone resolves names', () => {
    const dns: Pod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, from: 'cluster DNS' };
    for (const from of Object.values(pods)) {
      expect(connects({ from, to: dns, port: 53, protocol: 'UDP' })).toBe(true);
      expect(connects({ from, to: dns, port: 53 })).toBe(true);
      expect(connects({ from, to: { ...dns, labels: {} }, port: 53 })).toBe(false);
    }
  });

  it('[audit-to-deny] a namespace in audit denies nothing', () => {
    const namespaces = [{ name: 'shop', stages: { network: 'audit' } }];
    const audit = reachability(readRepository(generate({ name: 'my-cluster', choices, namespaces })).objects);
    expect(audit({ from: stranger, to: pods['backend-service']!, port: 9999 })).toBe(true);
  });
});

describe.each(['online-boutique', 'bookinfo', 'bookinfo-full'])('%s', (name) => {
  const blueprint = scenario(name);
  const repository = readRepository(generate(blueprint));
  const connects = reachability(repository.objects);
  const pods = podsByName(repository);

  it('allows the declared connections between services, and no other', () => {
    const ports = new Set([...containerPorts(repository), ...declaredPorts(blueprint), 1, 65535]);
    const allowed = Object.keys(pods).flatMap((from) =>
      Object.keys(pods).flatMap((to) =>
        [...ports]
          .filter((port) => from !== to && connects({ from: pods[from]!, to: pods[to]!, port }))
          .map((port) => `${from} → ${to}:${port}`),
      ),
    );
    // The gateway's own ports are open to everyone: it is the public entry.
    expect(allowed.filter((one) => !one.includes('→ gateway')).sort()).toEqual(declared(blueprint).sort());
  });

  it('treats every version of a service alike', () => {
    const all = renderedPods(repository.objects);
    for (const one of declared(blueprint).filter((connection) => !connection.startsWith('gateway'))) {
      const [, from, to, port] = /^(.+) → (.+):(\d+)$/.exec(one)!;
      const versions = (name: string) => all.filter((pod) => pod.labels['app'] === name);
      const pairs = versions(from!).flatMap((caller) =>
        versions(to!).map((callee) => ({ from: caller, to: callee, port: Number(port) })),
      );
      expect(pairs.filter((pair) => !connects(pair))).toEqual([]);
    }
  });
});

/** Declared connections, at the container's port, read from the Blueprint without its planner. */
function declared({ services }: Any): string[] {
  const targets = new Map<string, number>(
    services.map((one: Any) => [
      one.name,
      one.ports ? (one.ports[0].targetPort ?? one.ports[0].port) : one.port,
    ]),
  );
  const calls = services.flatMap((one: Any) =>
    (one.calls ?? [])
      .filter((call: Any) => targets.has(call.to))
      .map((call: Any) => `${one.name} → ${call.to}:${targets.get(call.to)}`),
  );
  const entries = services
    .filter((one: Any) => one.expose)
    .map((one: Any) => `gateway → ${one.name}:${targets.get(one.name)}`);
  return [...new Set<string>([...calls, ...entries])];
}

const declaredPorts = ({ services }: Any): number[] =>
  services.flatMap((one: Any) => (one.ports ?? [one]).flatMap((port: Any) => port.port ?? []));
const containerPorts = ({ objects }: Repository): number[] =>
  objects.flatMap(
    (one) =>
      podTemplate(one)?.spec.containers.flatMap((container: Any) =>
        (container.ports ?? []).map((port: Any) => port.containerPort),
      ) ?? [],
  );
