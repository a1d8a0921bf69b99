import { stringify } from 'yaml';
import { contains, addressesOf } from '../../src/verify/connectivity/address.ts';
import { connectivityOf, type Connectivity } from '../../src/verify/connectivity/connectivity.ts';
import { OUTSIDE } from '../../src/verify/connectivity/declared.ts';
import { subtract } from '../../src/verify/connectivity/interval.ts';
import type { Decision } from '../../src/verify/connectivity/mesh.ts';
import { outsideAllowed } from '../../src/verify/connectivity/network.ts';
import { networkPorts } from '../../src/verify/connectivity/passing.ts';
import { hasPort } from '../../src/verify/connectivity/port.ts';
import type { Direction, Pod } from '../../src/verify/connectivity/types.ts';
import type { Model } from '../../src/verify/model.ts';
import { objectsIn } from '../../src/verify/object.ts';
import type { Protocol } from '../../src/types/catalog.ts';

type Body = Record<string, unknown>;

/** A cluster of the objects given and nothing else: no graph, no layers. */
export function clusterOf(...bodies: (Body | string)[]): Cluster {
  const text = bodies.map((one) => (typeof one === 'string' ? one : stringify(one))).join('\n---\n');
  const { objects, problems } = objectsIn('cluster.yaml', text);
  if (problems.length) throw new Error(JSON.stringify(problems));
  const declared = {
    namespaces: [],
    services: [],
    endpoints: [],
    flows: [],
    provides: {},
    capabilities: [],
    inputs: {},
  };
  return cluster(connectivityOf({ objects, declared } as unknown as Model));
}

export type Cluster = ReturnType<typeof cluster>;

function cluster(c: Connectivity) {
  /** `frontend`, or `other/frontend` outside of namespace `shop`. */
  const pod = (name: string): Pod => {
    if (name === 'outside') return OUTSIDE;
    const full = name.includes('/') ? name : `shop/${name}`;
    const found = c.index.pods.find((one) => one.known && one.name === full);
    if (!found) throw new Error(`no pod ${full} in ${c.index.pods.map((one) => one.name).join(', ')}`);
    return found;
  };
  const outside = (direction: Direction, name: string, port: number, protocol: Protocol) =>
    outsideAllowed(c.network, pod(name), direction, (ports) => hasPort(ports, port, protocol));
  const parse = (connection: string) => {
    const match = /^(\S+) → ([^:]+):(\d+)(?:\/(\w+))?$/.exec(connection);
    if (!match) throw new Error(connection);
    const [, from, to, port, protocol = 'TCP'] = match;
    return { from: pod(from!), to: pod(to!), port: Number(port), protocol: protocol as Protocol };
  };
  return {
    c,
    pod,
    /** Whether both ends' network policies let a connection through: `frontend → api:8080/UDP`. */
    lets: (connection: string): boolean => {
      const { from, to, port, protocol } = parse(connection);
      return hasPort(networkPorts(c, from, to), port, protocol);
    },
    /** Whether a pod's policies let it talk to, or be called from, an address. */
    meets: (direction: Direction, name: string, address: string, port: number): boolean => {
      const allowed = outside(direction, name, port, 'TCP');
      return !allowed || contains(subtract(allowed.addresses, allowed.denied), addressesOf(address));
    },
    /** Names of a network plugin that a pod may reach on a port: `host:…`, `entity:…`. */
    names: (direction: Direction, name: string, port: number): string[] => [
      ...(outside(direction, name, port, 'TCP')?.names ?? []),
    ],
    /** What the mesh says of a connection. */
    mesh: (connection: string): Decision => {
      const { from, to, port, protocol } = parse(connection);
      return c.mesh.decide(from, to, port, protocol);
    },
  };
}

interface PodOptions {
  namespace?: string;
  ports?: { name: string; containerPort: number; protocol?: string }[];
  account?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  hostNetwork?: boolean;
}

/** A pod with `app: <name>`, of namespace `shop`, as its own ServiceAccount. */
export const pod = (name: string, options: PodOptions = {}): Body => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: options.namespace ?? 'shop',
    labels: { app: name, ...options.labels },
    annotations: options.annotations ?? {},
  },
  spec: {
    serviceAccountName: options.account ?? name,
    ...(options.hostNetwork && { hostNetwork: true }),
    containers: [{ name: 'main', ports: options.ports ?? [] }],
  },
});

export const namespace = (name: string, labels: Record<string, string> = {}): Body => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
