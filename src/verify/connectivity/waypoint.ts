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
}

/** Names of protocols that proxies read: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
const HTTP = /^(http|http2|grpc|grpc-web|kubernetes\.io\/(h2c|ws))$/;
const KNOWN = /^(http|http2|https|grpc|grpc-web|mongo|mysql|redis|tcp|tls|udp)$/;

export function servicesOf({ objects, declared }: Model, index: PodIndex): ServicesOf {
  const names = new Map<Pod, string[]>();
  const protocols = new Map<Pod, Map<number, boolean>>();
  for (const { namespace, name, body } of objects.filter((one) => one.kind === 'Service' && !one.group)) {
    const selector = dig(body, 'spec', 'selector');
    if (!selector) continue;
    const pods = index.find({
      namespaces: inNamespace(namespace),
      pods: requirementsOf({ matchLabels: selector }),
    });
    for (const pod of pods) {
      names.set(pod, [...(names.get(pod) ?? []), name]);
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
  };
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
  return policies.filter(({ object, waypoints }) =>
    waypoints.some(({ kind, name }) => {
      if (kind === 'GatewayClass') return object.namespace === rootNamespace && name === 'istio-waypoint';
      if (kind === 'Service') return object.namespace === pod.namespace && names.includes(name);
      return (
        kind === 'Gateway' &&
        object.namespace === pod.waypoint?.namespace &&
        name === pod.waypoint.name
      );
    }),
  );
}
