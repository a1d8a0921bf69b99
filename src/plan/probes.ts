import type { Probe, Service } from '../blueprint/service.ts';
import type { ServicePortPlan } from '../types/service-plan.ts';
import { matching } from './ports.ts';

type KubernetesObject = Record<string, unknown>;

/** The container's probes; without a readiness probe, whether its first port is open. */
export function probes(service: Service, ports: ServicePortPlan[]): KubernetesObject {
  const first = ports.find((port) => port.protocol === 'TCP');
  const fallback: Probe | undefined = first && !service.kind.endsWith('Job') ? { tcp: true } : undefined;
  const { readiness = fallback, liveness, startup } = service.probes;
  return {
    ...(startup && { startupProbe: probe(startup, ports, first) }),
    ...(readiness && { readinessProbe: probe(readiness, ports, first) }),
    ...(liveness && { livenessProbe: probe(liveness, ports, first) }),
  };
}

function probe(value: Probe, ports: ServicePortPlan[], first?: ServicePortPlan): KubernetesObject {
  const number = (reference: string | number | true | undefined) =>
    reference === undefined || reference === true
      ? first?.targetPort
      : typeof reference === 'number'
        ? reference
        : matching(ports, reference)?.targetPort;
  const timing = {
    ...(value.delay !== undefined && { initialDelaySeconds: value.delay }),
    ...(value.period !== undefined && { periodSeconds: value.period }),
    ...(value.timeout !== undefined && { timeoutSeconds: value.timeout }),
    ...(value.failures !== undefined && { failureThreshold: value.failures }),
  };
  if ('http' in value) {
    const httpHeaders =
      value.headers && Object.entries(value.headers).map(([name, header]) => ({ name, value: header }));
    return {
      httpGet: { path: value.http, port: number(value.port), ...(httpHeaders && { httpHeaders }) },
      ...timing,
    };
  }
  if ('grpc' in value)
    return {
      grpc: { port: number(value.grpc), ...(value.service && { service: value.service }) },
      ...timing,
    };
  if ('tcp' in value) return { tcpSocket: { port: number(value.tcp) }, ...timing };
  return { exec: { command: value.exec }, ...timing };
}
