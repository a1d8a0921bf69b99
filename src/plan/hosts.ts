import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import type { HostPlan, RoutePlan } from '../types/plan.ts';
import { findPort, type Ports } from './ports.ts';

/** A Gateway has 64 listeners at most (Gateway API, Gateway.spec.listeners), one of them for port 80. */
const MAX_HOSTS = 63;

/** `api` → `api.example.com`, `@` → `example.com`, `*` → `*.example.com`; a full name stays. */
export function fullHost(host: string, domain: string): string {
  if (host === '@') return domain;
  return host.includes('.') ? host : `${host}.${domain}`;
}

const slug = (host: string) => host.replace('*', 'wildcard').replaceAll('.', '-');

/** The host names that the shared Gateway serves, each with a listener and a certificate of its own. */
export function planHosts(services: Service[], domain: string, wildcards: boolean): HostPlan[] {
  const hosts = new Map<string, HostPlan>();
  for (const service of services) {
    for (const entry of service.expose) {
      const host = fullHost(entry.host, domain);
      const plan = hosts.get(host) ?? {
        host, listener: `https-${slug(host)}`, secret: `${slug(host)}-tls`, wildcard: host.startsWith('*'), services: [], namespaces: [],
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

function check(hosts: HostPlan[], wildcards: boolean): void {
  const wild = hosts.filter((one) => one.wildcard);
  if (wild.length && !wildcards) {
    throw new UserError(
      `${wild.map((one) => one.host).join(', ')}: a certificate for a wildcard needs DNS-01. Choose a DNS provider (--dns), or name each host.`,
      2,
    );
  }
  if (hosts.length > MAX_HOSTS) {
    throw new UserError(`${hosts.length} host names are exposed, but a Gateway holds ${MAX_HOSTS} beside its port 80. Expose some by path, or by a wildcard with a DNS provider.`, 2);
  }
}

/** The service's routes on the shared Gateway, one per public entry. */
export function planRoutes(service: Service, ports: Ports, domain: string): RoutePlan[] {
  return service.expose.map((entry, index) => {
    const host = fullHost(entry.host, domain);
    const suffix = index ? `-${index + 1}` : '';
    return {
      file: `route${suffix}`,
      name: `${service.name}${suffix}`,
      hosts: [host],
      paths: entry.paths.map((path) => ({ path, type: entry.match === 'exact' ? 'Exact' : 'PathPrefix' })),
      service: service.name,
      port: findPort(ports, service, entry.port).port,
      timeout: entry.timeout ?? '30s',
      listeners: [`https-${slug(host)}`],
    };
  });
}
