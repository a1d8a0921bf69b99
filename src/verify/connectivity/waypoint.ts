import type { Model } from '../model.ts';
import { dig, records, text } from '../selectors.ts';
import type { AuthorizationPolicy } from './authorization-policy.ts';
import type { IstioSettings } from './istio.ts';
import { inNamespace, requirementsOf } from './label-selector.ts';
import type { PodIndex } from './pod-index.ts';
import type { Pod } from './types.ts';

/** What the Services in front of pods say of them. */
export interface ServicesOf {
  names: (pod: Pod) => string[];
  /** Whether proxies read requests on a pod's port: they do unless a Service says that it is something else. */
  isHttp: (pod: Pod, port: number) => boolean;
  /** The waypoint that callers are sent through. */
  waypointOf: (pod: Pod) => Waypoint | undefined;
}

/** Namespace and name of its Gateway, which runs as a ServiceAccount of that name. */
export interface Waypoint {
  namespace: string;
  name: string;
}

/** Names of protocols that proxies read: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
const HTTP = /^(http|http2|grpc|grpc-web|kubernetes\.io\/(h2c|ws))$/;
const KNOWN = /^(http|http2|https|grpc|grpc-web|mongo|mysql|redis|tcp|tls|udp)$/;

export function servicesOf({ objects, declared }: Model, index: PodIndex): ServicesOf {
  const names = new Map<Pod, string[]>();
  const protocols = new Map<Pod, Map<number, boolean>>();
  const waypoints = new Map<Pod, Waypoint>();
  for (const { namespace, name, labels, body } of objects.filter(
    (one) => one.kind === 'Service' && !one.group,
  )) {
    const selector = dig(body, 'spec', 'selector');
    if (!selector) continue;
    const pods = index.find({
      namespaces: inNamespace(namespace),
      pods: requirementsOf({ matchLabels: selector }),
    });
    for (const pod of pods) {
      names.set(pod, [...(names.get(pod) ?? []), name]);
      const waypoint = usedWaypoint(labels, namespace);
      if (waypoint) waypoints.set(pod, waypoint);
      for (const port of records(dig(body, 'spec', 'ports'))) addPort(protocols, pod, port);
    }
  }
  // The Service of a workload kept elsewhere is not here; its ports are declared.
  const kept = new Map(
    declared.services.filter((one) => one.own).map((one) => [`${one.namespace}/${one.name}`, one]),
  );
  const ofKept = (pod: Pod, port: number) =>
    pod.endpoints
      .flatMap((id) => kept.get(id)?.ports ?? [])
      .find((one) => one.targetPort === port && one.protocol === 'TCP')?.http;
  return {
    names: (pod) => names.get(pod) ?? [],
    isHttp: (pod, port) => protocols.get(pod)?.get(port) ?? ofKept(pod, port) ?? true,
    waypointOf: (pod) =>
      waypoints.get(pod) ??
      usedWaypoint(pod.labels, pod.namespace) ??
      usedWaypoint(pod.namespaceLabels, pod.namespace),
  };
}

/** By label of a Service, a pod or a namespace: https://istio.io/latest/docs/ambient/usage/waypoint/#configure-a-resource-to-use-a-specific-waypoint */
function usedWaypoint(labels: Record<string, string>, home: string): Waypoint | undefined {
  const name = labels['istio.io/use-waypoint'];
  if (!name || name === 'none') return undefined;
  return { name, namespace: labels['istio.io/use-waypoint-namespace'] ?? home };
}

function addPort(protocols: Map<Pod, Map<number, boolean>>, pod: Pod, port: Record<string, unknown>): void {
  const { targetPort = port['port'] } = port;
  const number =
    typeof targetPort === 'string'
      ? pod.ports.find((one) => one.name === targetPort)?.port
      : Number(targetPort);
  const prefix = text(port['name']).split('-')[0]!;
  const protocol = text(port['appProtocol']) || (KNOWN.test(prefix) ? prefix : '');
  // Without a name that says it, proxies find out.
  if (number === undefined || !protocol) return;
  const known = protocols.get(pod) ?? new Map<number, boolean>();
  protocols.set(pod, known.set(number, HTTP.test(protocol)));
}

/**
 * Policies at the waypoint in front of a pod: those that name its Gateway, a Service of the pod, or, from the root namespace,
 * the class of all waypoints. Selectors and empty policies do not reach it.
 * https://github.com/istio/istio/blob/master/pilot/pkg/model/policyattachment.go
 */
export function waypointPolicies(
  policies: AuthorizationPolicy[],
  pod: Pod,
  { rootNamespace }: IstioSettings,
  services: ServicesOf,
): AuthorizationPolicy[] {
  const names = services.names(pod);
  const waypoint = services.waypointOf(pod);
  return policies.filter(({ object, waypoints }) =>
    waypoints.some(({ kind, name }) => {
      if (kind === 'GatewayClass') return object.namespace === rootNamespace && name === 'istio-waypoint';
      if (kind === 'Service') return object.namespace === pod.namespace && names.includes(name);
      return kind === 'Gateway' && object.namespace === waypoint?.namespace && name === waypoint.name;
    }),
  );
}
