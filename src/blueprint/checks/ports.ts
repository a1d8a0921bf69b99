import type { Protocol } from '../../types/catalog.ts';
import type { Service } from '../service.ts';
import { duplicates, type Check } from './check.ts';

export interface DeclaredPort {
  name: string | undefined;
  port: number;
  targetPort: number;
  protocol: Protocol;
  appProtocol: string;
  http: boolean;
}

const HTTP = ['http', 'http2', 'grpc'];
const USUAL = { TCP: 'http', UDP: 'udp', SCTP: 'tcp' } as const satisfies Record<Protocol, string>;

/** Ports as they are declared, before names are filled in: `port: 8080` is one HTTP port. */
export function declaredPorts(service: Service): DeclaredPort[] {
  const list = service.ports ?? (service.port ? [{ port: service.port, protocol: 'TCP' as const }] : []);
  return list.map((one) => {
    const given = 'appProtocol' in one ? one.appProtocol : undefined;
    const appProtocol = given ?? service.appProtocol ?? USUAL[one.protocol];
    return {
      name: 'name' in one ? one.name : undefined,
      port: one.port,
      targetPort: ('targetPort' in one && one.targetPort) || one.port,
      protocol: one.protocol,
      appProtocol,
      http: HTTP.includes(appProtocol),
    };
  });
}

export const isPort = (one: DeclaredPort, wanted: string | number | undefined) =>
  wanted === undefined || [one.name, one.port, one.targetPort].includes(wanted);
export const hasPort = (ports: DeclaredPort[], wanted: string | number) =>
  ports.some((one) => isPort(one, wanted));
export const portNames = (ports: DeclaredPort[]) =>
  ports.map((one) => one.name ?? one.port).join(', ') || 'none';

export const PORT_CHECKS: Check[] = [
  function ports(service) {
    if (service.port && service.ports) return ['ports: give port or ports, not both'];
    const all = declaredPorts(service);
    if (all.length > 1 && all.some((one) => !one.name)) return ['ports: several ports need a name each'];
    return [
      ...duplicates(all.flatMap((one) => one.name ?? [])).map((name) => `ports: ${name} is named twice`),
      ...duplicates(all.map((one) => `${one.port}/${one.protocol}`)).map(
        (port) => `ports: ${port} is given twice`,
      ),
    ];
  },
  function needPort(service) {
    if (declaredPorts(service).length) return [];
    const fields = [
      service.expose.length && 'expose',
      service.metrics && 'metrics',
      service.callers === 'everyone' && 'callers',
      service.aliases.length && 'aliases',
    ].filter(Boolean);
    return fields.map((field) => `${field}: the service has no port`);
  },
  function probes(service) {
    const all = declaredPorts(service);
    return Object.entries(service.probes).flatMap(([kind, probe]) => {
      if (!probe || 'exec' in probe) return [];
      const wanted = 'http' in probe ? probe.port : 'grpc' in probe ? probe.grpc : probe.tcp;
      if ((wanted === undefined || wanted === true) && all.length === 0)
        return [`probes.${kind}: name a port, the service has none`];
      return typeof wanted === 'string' && !hasPort(all, wanted)
        ? [`probes.${kind}: no port ${wanted}; it has ${portNames(all)}`]
        : [];
    });
  },
  function streams(service, { inputs }) {
    if (!inputs['maxRequestBody']) return [];
    const all = declaredPorts(service);
    return service.expose
      .filter((entry) => all.find((one) => isPort(one, entry.port))?.appProtocol === 'grpc')
      .map(
        (entry) =>
          `expose: ${entry.host}: gRPC sends bodies without an end, which inputs.maxRequestBody holds back until they end. Leave the limit out, or the port unexposed.`,
      );
  },
  function metrics(service) {
    const all = declaredPorts(service);
    const wanted = service.metrics?.port;
    return wanted !== undefined && all.length && !hasPort(all, wanted)
      ? [`metrics.port: no port ${wanted}; it has ${portNames(all)}`]
      : [];
  },
];
