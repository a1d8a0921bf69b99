import type { Service } from '../blueprint/service.ts';
import { fullHost } from '../blueprint/host.ts';
import { UserError } from '../error.ts';
import type { HostPlan } from '../types/gateway-plan.ts';
import type { RoutePlan } from '../types/service-plan.ts';
import { findPort, type Ports } from './ports.ts';
import { isForBrowsers, responseHeaders } from './response-headers.ts';

/** A Gateway has 64 listeners at most (Gateway API, Gateway.spec.listeners), one of them for port 80. */
const MAX_HOSTS = 63;

/** Dots stay: a listener and a Secret may have them, and `a-b.example.com` is not `a.b.example.com`. */
const slug = (host: string) => host.replace('*', 'wildcard');

/** The host names that the shared Gateway serves, each with a listener and a certificate of its own. */
export function planHosts(services: Service[], domain: string, wildcards: boolean): HostPlan[] {
  const hosts = new Map<string, HostPlan>();
  for (const service of services) {
    for (const entry of service.expose) {
      const host = fullHost(entry.host, domain);
      const plan = hosts.get(host) ?? {
        host,
        listener: `https-${slug(host)}`,
        secret: `${slug(host)}-tls`,
        wildcard: host.startsWith('*'),
        services: [],
        namespaces: [],
      };
      if (!plan.services.includes(service.name)) plan.services.push(service.name);
      if (!plan.namespaces.includes(service.namespace)) plan.namespaces.push(service.namespace);
      hosts.set(host, plan);
    }
  }
  const all = [...hosts.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
  check(all, wildcards);
  return all;
}

/** The domain, and each host name that does not lie below it. */
export function zonesOf(hosts: HostPlan[], domain: string): string[] {
  const outside = hosts
    .map((one) => one.host.replace('*.', ''))
    .filter((host) => host !== domain && !host.endsWith(`.${domain}`));
  return [domain, ...new Set(outside)];
}

function check(hosts: HostPlan[], wildcards: boolean): void {
  const wild = hosts.filter((one) => one.wildcard);
  if (wild.length && !wildcards) {
    const why = 'a certificate for a wildcard needs DNS-01; choose a DNS provider (--dns), or name each host';
    throw new UserError(
      wild.map((one) => `services.${one.services[0]}.expose: ${one.host}: ${why}`).join('\n'),
      2,
    );
  }
  if (hosts.length > MAX_HOSTS) {
    throw new UserError(
      `${hosts.length} host names are exposed, but a Gateway holds ${MAX_HOSTS} beside its port 80. Expose some by path, or by a wildcard with a DNS provider.`,
      2,
    );
  }
}

/** The service's routes on the shared Gateway, one per public entry. */
export function planRoutes(
  service: Service,
  ports: Ports,
  domain: string,
  securityHeaders: boolean,
): RoutePlan[] {
  return service.expose.map((entry, index) => {
    const host = fullHost(entry.host, domain);
    const port = findPort(ports, service, entry.port);
    const suffix = index ? `-${index + 1}` : '';
    return {
      file: `route${suffix}`,
      name: `${service.name}${suffix}`,
      hosts: [host],
      paths: entry.paths.map((path) => ({ path, type: entry.match === 'exact' ? 'Exact' : 'PathPrefix' })),
      service: service.name,
      port: port.port,
      timeout: entry.timeout ?? '30s',
      responseHeaders: responseHeaders(securityHeaders && isForBrowsers(port), entry.responseHeaders),
      listeners: [`https-${slug(host)}`],
    };
  });
}
