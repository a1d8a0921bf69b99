import { didYouMean } from '../../suggest.ts';
import type { Blueprint } from '../schema.ts';
import type { Service } from '../service.ts';
import { fullHost } from '../host.ts';
import { ref, type Check } from './check.ts';
import { declaredPorts, hasPort, isPort, portNames } from './ports.ts';

export const GRAPH_CHECKS: Check[] = [
  function entries(service) {
    const all = declaredPorts(service);
    return service.expose.flatMap((entry) => {
      if (entry.port !== undefined && !hasPort(all, entry.port))
        return [`expose: no port ${entry.port}; it has ${portNames(all)}`];
      const port = all.find((one) => isPort(one, entry.port));
      return port && !port.http
        ? [`expose: the Gateway serves HTTP and gRPC, but port ${port.name ?? port.port} is neither`]
        : [];
    });
  },
  function entriesOnce(service, blueprint) {
    return entriesOf(service, blueprint).flatMap((entry, index, all) => {
      if (all.indexOf(entry) !== index) return [`expose: ${entry} is given twice`];
      const earlier = blueprint.services.slice(0, blueprint.services.indexOf(service));
      const other = earlier.find((one) => entriesOf(one, blueprint).includes(entry));
      return other ? [`expose: ${entry} is exposed by ${other.name} too; requests can go to one only`] : [];
    });
  },
  function calls(service, { services }) {
    return service.calls.flatMap((call, index) => {
      const at = `calls.${index}`;
      const wanted = call.to.includes('/') ? call.to : `${service.namespace}/${call.to}`;
      const target = services.find((one) => ref(one) === wanted);
      if (!target) return call.optional ? [] : [unknownService(at, call.to, service, services)];
      const all = declaredPorts(target);
      if (all.length === 0) return [`${at}.to: ${call.to} has no port to call`];
      if (call.port === undefined && all.length > 1)
        return [`${at}.port: ${call.to} has several ports; name one of ${portNames(all)}`];
      if (call.port !== undefined && !hasPort(all, call.port))
        return [`${at}.port: ${call.to} has no port ${call.port}; it has ${portNames(all)}`];
      const port = all.find((one) => isPort(one, call.port));
      if (!(call.methods || call.paths) || port?.http) return [];
      return [
        `${at}: methods and paths are for HTTP and gRPC; port ${port?.name ?? port?.port} of ${call.to} is neither`,
      ];
    });
  },
];

function entriesOf(service: Service, { inputs }: Blueprint): string[] {
  const domain = String(inputs['domain']);
  return service.expose.flatMap((entry) =>
    entry.paths.map((path) => `${fullHost(entry.host, domain)} ${entry.match} ${path}`),
  );
}

function unknownService(at: string, to: string, from: Service, services: Service[]): string {
  const elsewhere = services.find((one) => one.name === to);
  if (elsewhere) return `${at}.to: ${to} is in namespace ${elsewhere.namespace}; write ${ref(elsewhere)}`;
  const names = services
    .filter((one) => one !== from)
    .map((one) => (one.namespace === from.namespace ? one.name : ref(one)));
  return `${at}.to: no service ${to}.${didYouMean(to, names)} If it comes later, add optional: true`;
}
