import { declaredPorts } from '../blueprint/checks/ports.ts';
import type { Service } from '../blueprint/service.ts';
import type { ServicePortPlan } from '../types/service-plan.ts';
import { ref } from './endpoints.ts';

/** Ports of every service, by `namespace/name`. */
export type Ports = Map<string, ServicePortPlan[]>;

/** Names that Kubernetes and the meshes share; what they do not know is plain TCP to them (istio.io, "Protocol Selection"). */
const SERVICE_APP_PROTOCOL: Record<string, string> = {
  http2: 'kubernetes.io/h2c',
  grpc: 'kubernetes.io/h2c',
  postgres: 'tcp',
  amqp: 'tcp',
  kafka: 'tcp',
};

/** The declared ports with names filled in, and the protocol as a Service names it. */
export function servicePorts(service: Service): ServicePortPlan[] {
  const declared = declaredPorts(service);
  return declared.map((one) => ({
    ...one,
    name: one.name || (declared.length === 1 ? one.appProtocol : `${one.appProtocol}-${one.port}`),
    serviceAppProtocol: SERVICE_APP_PROTOCOL[one.appProtocol] ?? one.appProtocol,
  }));
}

/**
 * The port that a reference means: its name, the Service's number, or the container's. Without a reference, the first.
 * The Blueprint's checks have refused references that mean nothing.
 */
export function findPort(ports: Ports, service: Service, reference?: string | number): ServicePortPlan {
  const all = ports.get(ref(service)) ?? [];
  const found = reference === undefined ? all[0] : matching(all, reference);
  if (!found) throw new Error(`${ref(service)} has no port ${reference ?? ''}`);
  return found;
}

export function matching(ports: ServicePortPlan[], reference: string | number): ServicePortPlan | undefined {
  return (
    ports.find((port) => port.name === reference) ??
    ports.find((port) => port.port === reference) ??
    ports.find((port) => port.targetPort === reference)
  );
}
