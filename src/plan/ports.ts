import type { Service } from '../blueprint/service.ts';
import type { ServicePortPlan } from '../types/service-plan.ts';
import { ref } from './endpoints.ts';

/** Ports of every service, by `namespace/name`. */
export type Ports = Map<string, ServicePortPlan[]>;

const HTTP = ['http', 'http2', 'grpc'];
/** Names that Kubernetes and the meshes share; what they do not know is plain TCP to them (istio.io, "Protocol Selection"). */
const SERVICE_APP_PROTOCOL: Record<string, string> = {
  http2: 'kubernetes.io/h2c',
  grpc: 'kubernetes.io/h2c',
  postgres: 'tcp',
  amqp: 'tcp',
  kafka: 'tcp',
};

/** The declared ports with names and targets filled in: `port: 8080` is one HTTP port. */
export function servicePorts(service: Service): ServicePortPlan[] {
  const declared = service.ports ?? (service.port ? [{ port: service.port, protocol: 'TCP' as const }] : []);
  return declared.map((one) => {
    const given = 'appProtocol' in one ? one.appProtocol : undefined;
    const appProtocol =
      given ??
      service.appProtocol ??
      (one.protocol === 'UDP' ? 'udp' : one.protocol === 'SCTP' ? 'tcp' : 'http');
    const name =
      ('name' in one && one.name) || (declared.length === 1 ? appProtocol : `${appProtocol}-${one.port}`);
    const targetPort = ('targetPort' in one && one.targetPort) || one.port;
    return {
      name,
      port: one.port,
      targetPort,
      protocol: one.protocol,
      appProtocol,
      serviceAppProtocol: SERVICE_APP_PROTOCOL[appProtocol] ?? appProtocol,
      http: HTTP.includes(appProtocol),
    };
  });
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
