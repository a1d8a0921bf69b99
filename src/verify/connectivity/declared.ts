import type { Protocol } from '../../types/catalog.ts';
import type { Endpoint, Flow, HttpRule } from '../../types/connections.ts';
import type { Model } from '../model.ts';
import { addressesOf, EVERYWHERE, PUBLIC, type Addresses } from './address.ts';
import { groupBy } from './pod-index.ts';
import { onePort, type PortRange } from './port.ts';
import type { Pod } from './types.ts';

/** What the graph of `zero-trust.yaml` says, looked up by pods. */
export interface Declared {
  flows: Flow[];
  /** Flows that allow one pod to open connections to another. */
  between: (from: Pod, to: Pod) => Flow[];
  /** Flows of a pod to what is no pod, and from it. */
  outgoing: (from: Pod) => Flow[];
  incoming: (to: Pod) => Flow[];
  /** Ids of the declared endpoints that may call a pod. */
  callers: (to: Pod) => string[];
  /** The addresses that an endpoint outside stands for, as far as anybody said; none for what a network plugin names. */
  addressesOf: (endpoint: Endpoint) => Addresses;
  /** Whether `zero-trust.yaml` says where the API server is, or policies can name it. */
  knowsApiServer: boolean;
}

const ANYONE = 'anyone';

/** Stands for callers outside of the cluster: no pod, no namespace, no identity. */
export const OUTSIDE: Pod = {
  name: 'any address outside',
  namespace: '',
  labels: {},
  namespaceLabels: {},
  serviceAccount: '',
  mesh: '',
  ports: [],
  endpoints: [],
  known: false,
  // No selector means it.
  hostNetwork: true,
};

export function declaredOf({ declared }: Model): Declared {
  const { flows, inputs, capabilities } = declared;
  const byEnds = new Map(
    [...groupBy(flows, ({ from }) => [from.id])].map(([id, same]) => [
      id,
      groupBy(same, ({ to }) => [to.id]),
    ]),
  );
  const outgoing = groupBy(
    flows.filter(({ to }) => to.kind !== 'pods'),
    ({ from }) => [from.id],
  );
  const incoming = groupBy(
    flows.filter(({ from }) => from.kind !== 'pods'),
    ({ to }) => [to.id],
  );
  const byReceiver = groupBy(flows, ({ to }) => [to.id]);
  const idsOf = (pod: Pod) => [...pod.endpoints, ANYONE];
  const apiServer = Array.isArray(inputs['apiServerCidrs']) ? inputs['apiServerCidrs'] : [];
  // Where no policy can name hosts, `wideEgress` consents to every public address in a host's place.
  const wide = inputs['wideEgress'] === true && !capabilities.includes('egress-hosts');
  const named = capabilities.includes('api-server');
  return {
    flows,
    between: (from, to) =>
      idsOf(from).flatMap((id) => {
        const targets = byEnds.get(id);
        return targets ? idsOf(to).flatMap((target) => targets.get(target) ?? []) : [];
      }),
    outgoing: (from) => idsOf(from).flatMap((id) => outgoing.get(id) ?? []),
    incoming: (to) => idsOf(to).flatMap((id) => incoming.get(id) ?? []),
    callers: (to) => to.endpoints.flatMap((id) => byReceiver.get(id) ?? []).map(({ from }) => from.id),
    addressesOf: ({ kind, cidr, except }) => {
      if (kind === 'cidr') return addressesOf(cidr, except);
      if (kind === 'internet') return PUBLIC;
      if (kind === 'host') return wide ? PUBLIC : [];
      if (kind === 'api-server' && !named)
        // Nobody said where it is: until then pods may look for it anywhere, which `pending` names.
        return apiServer.length ? apiServer.flatMap((one) => addressesOf(one)) : EVERYWHERE;
      return kind === 'anyone' ? EVERYWHERE : [];
    },
    knowsApiServer: named || apiServer.length > 0,
  };
}

/**
 * The port that a connection crosses the network on. Ambient tunnels calls between meshed pods to 15008
 * (istio.io, "Ambient and Kubernetes NetworkPolicy"), Linkerd to 4143 (linkerd.io, "Network policy"); a sidecar
 * answers on the application's own.
 */
export function wirePort(from: Pod, to: Pod, port: number, protocol: Protocol): number {
  if (protocol !== 'TCP' || from.mesh === '') return port;
  if (to.mesh === 'ambient') return 15008;
  return to.mesh === 'linkerd' ? 4143 : port;
}

/** The ports that flows between two pods need on the network. */
export const wirePorts = (flows: Flow[], from: Pod, to: Pod): PortRange[] =>
  flows.map(({ port, protocol }) => onePort(wirePort(from, to, port, protocol), protocol));

export const portsOf = (flows: Flow[]): PortRange[] =>
  flows.map(({ port, protocol }) => onePort(port, protocol));

/** Requests that flows allow together; empty where one of them allows every request. */
export const requestsOf = (flows: Flow[]): HttpRule[] =>
  flows.some(({ rules }) => rules.length === 0) ? [] : flows.flatMap(({ rules }) => rules);
