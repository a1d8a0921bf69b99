import type { Blueprint } from './schema.ts';
import type { Service } from './service.ts';
import { didYouMean } from './suggest.ts';

type Check = (service: Service, blueprint: Blueprint) => string[];
interface Port {
  name: string | undefined;
  port: number;
  targetPort: number;
  protocol: string;
  http: boolean;
}

const ref = (one: { namespace: string; name: string }) => `${one.namespace}/${one.name}`;
const duplicates = (names: string[]) => [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];

/**
 * What a schema cannot say: names that must exist, names that must be unique, fields that exclude each other.
 * Every problem, each naming service and field.
 */
export function checkBlueprint(blueprint: Blueprint): string[] {
  return [
    ...duplicates(blueprint.services.map(ref)).map((id) => `services: ${id} is declared twice`),
    ...duplicates(blueprint.configMaps.map(ref)).map((id) => `configMaps: ${id} is declared twice`),
    ...duplicates(blueprint.namespaces.map((one) => one.name)).map((name) => `namespaces: ${name} is declared twice`),
    ...blueprint.services.flatMap((service) => CHECKS.flatMap((check) => check(service, blueprint).map((text) => `services.${service.name}.${text}`))),
    ...duplicateEntries(blueprint),
  ];
}

/** Ports as they are declared, before names are filled in. */
export function declaredPorts(service: Service): Port[] {
  const list = service.ports ?? (service.port ? [{ port: service.port, protocol: 'TCP' as const }] : []);
  return list.map((one) => {
    const app = ('appProtocol' in one && one.appProtocol) || service.appProtocol || (one.protocol === 'TCP' ? 'http' : 'udp');
    const name = 'name' in one ? one.name : undefined;
    const targetPort = ('targetPort' in one && one.targetPort) || one.port;
    return { name, port: one.port, targetPort, protocol: one.protocol, http: ['http', 'http2', 'grpc'].includes(app) };
  });
}

const hasPort = (ports: Port[], wanted: string | number) => ports.some((one) => [one.name, one.port, one.targetPort].includes(wanted));
const portNames = (ports: Port[]) => ports.map((one) => one.name ?? one.port).join(', ') || 'none';

const CHECKS: Check[] = [
  function image({ manifests, image: given, versions }) {
    if (manifests === 'own') return [];
    if (given && versions) return ['versions: each version names its image; leave out image'];
    return given || versions ? [] : ['image: is missing'];
  },
  function selector({ manifests, selector: labels }) {
    if (manifests === 'own' && !labels) return ['selector: give the labels of the pods that you keep'];
    return manifests !== 'own' && labels ? ['selector: is for manifests: own'] : [];
  },
  function schedule({ kind, schedule: given }) {
    if (kind === 'CronJob' && !given) return ['schedule: is missing for a CronJob'];
    return kind !== 'CronJob' && given ? ['schedule: is for kind: CronJob'] : [];
  },
  function storage({ kind, storage: claims, versions }) {
    if (claims.length === 0) return [];
    return kind === 'StatefulSet' && !versions ? [] : ['storage: is for kind: StatefulSet; use writable for what may be lost'];
  },
  function replicas({ kind, replicas: count }) {
    return count !== undefined && !['Deployment', 'StatefulSet'].includes(kind) ? [`replicas: a ${kind} has none`] : [];
  },
  function ports(service) {
    if (service.port && service.ports) return ['ports: give port or ports, not both'];
    const all = declaredPorts(service);
    if (all.length > 1 && all.some((one) => !one.name)) return ['ports: several ports need a name each'];
    return [
      ...duplicates(all.flatMap((one) => one.name ?? [])).map((name) => `ports: ${name} is named twice`),
      ...duplicates(all.map((one) => `${one.port}/${one.protocol}`)).map((port) => `ports: ${port} is given twice`),
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
  function entries(service) {
    const all = declaredPorts(service);
    return service.expose.flatMap((entry) => {
      if (entry.port !== undefined && !hasPort(all, entry.port)) return [`expose: no port ${entry.port}; it has ${portNames(all)}`];
      const port = all.find((one) => entry.port === undefined || [one.name, one.port, one.targetPort].includes(entry.port));
      return port && !port.http ? [`expose: the Gateway serves HTTP and gRPC, but port ${port.name ?? port.port} is neither`] : [];
    });
  },
  function calls(service, { services }) {
    return service.calls.flatMap((call, index) => {
      const at = `calls[${index}]`;
      const wanted = call.to.includes('/') ? call.to : `${service.namespace}/${call.to}`;
      const target = services.find((one) => ref(one) === wanted);
      if (!target) return call.optional ? [] : [unknownService(at, call.to, service, services)];
      const all = declaredPorts(target);
      if (all.length === 0) return [`${at}: ${call.to} has no port to call`];
      if (call.port === undefined && all.length > 1) return [`${at}.port: ${call.to} has several ports; name one of ${portNames(all)}`];
      if (call.port !== undefined && !hasPort(all, call.port)) return [`${at}.port: ${call.to} has no port ${call.port}; it has ${portNames(all)}`];
      const port = all.find((one) => call.port === undefined || [one.name, one.port, one.targetPort].includes(call.port));
      return (call.methods || call.paths) && !port?.http ? [`${at}: methods and paths are for HTTP and gRPC; port ${port?.name ?? port?.port} of ${call.to} is neither`] : [];
    });
  },
  function probePorts(service) {
    const all = declaredPorts(service);
    return Object.entries(service.probes).flatMap(([kind, probe]) => {
      if (!probe || 'exec' in probe) return [];
      const wanted = 'http' in probe ? probe.port : 'grpc' in probe ? probe.grpc : probe.tcp;
      if ((wanted === undefined || wanted === true) && all.length === 0) return [`probes.${kind}: name a port, the service has none`];
      return typeof wanted === 'string' && !hasPort(all, wanted) ? [`probes.${kind}: no port ${wanted}; it has ${portNames(all)}`] : [];
    });
  },
  function metricsPort(service) {
    const all = declaredPorts(service);
    const wanted = service.metrics?.port;
    return wanted !== undefined && all.length && !hasPort(all, wanted) ? [`metrics.port: no port ${wanted}; it has ${portNames(all)}`] : [];
  },
  function configMaps(service, blueprint) {
    const known = blueprint.configMaps.filter((one) => one.namespace === service.namespace).map((one) => one.name);
    return service.configMaps
      .filter((one) => !known.includes(one.name))
      .map((one) => `configMaps: no ConfigMap ${one.name} in ${service.namespace}.${didYouMean(one.name, known)}`);
  },
  function secretKeys(service) {
    return [...service.secrets, ...(service.versions ?? []).flatMap((one) => one.secrets ?? [])].flatMap((secret) => {
      const used = [...(typeof secret.env === 'object' ? Object.values(secret.env) : []), ...Object.keys(secret.files ?? {})];
      return used.filter((key) => !secret.keys.includes(key)).map((key) => `secrets.${secret.name}: no key ${key}; it has ${secret.keys.join(', ')}`);
    });
  },
  function mounts(service) {
    const paths = [...service.writable, ...service.storage].map((one) => one.path);
    const mounted = [...service.secrets, ...service.configMaps].flatMap((one) => one.mount ?? []);
    return duplicates([...paths, ...mounted]).map((path) => `writable: ${path} is mounted twice`);
  },
  function names(service) {
    const longest = Math.max(0, ...(service.versions ?? []).map((one) => service.name.length + 1 + one.name.length));
    if (service.kind === 'CronJob' && service.name.length > 52) return ['name: a CronJob has 52 characters at most'];
    return longest > 63 ? ['versions: name and version together are longer than 63 characters'] : [];
  },
  function rootUser({ root, runAs }) {
    return root && runAs?.user ? ['root: the container starts as root; leave out runAs.user'] : [];
  },
];

function unknownService(at: string, to: string, from: Service, services: Service[]): string {
  const elsewhere = services.find((one) => one.name === to);
  if (elsewhere) return `${at}.to: ${to} is in namespace ${elsewhere.namespace}; write ${ref(elsewhere)}`;
  const names = services.filter((one) => one !== from).map((one) => (one.namespace === from.namespace ? one.name : ref(one)));
  return `${at}.to: no service ${to}.${didYouMean(to, names)} If it comes later, add optional: true.`;
}

function duplicateEntries({ services }: Blueprint): string[] {
  const all = services.flatMap((one) => one.expose.flatMap((entry) => entry.paths.map((path) => `${entry.host} ${entry.match} ${path}`)));
  return duplicates(all).map((entry) => `services: two entries are exposed as "${entry}"; requests can go to one only`);
}
