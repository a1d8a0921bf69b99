import { addressesOf, formatAddresses } from './address.ts';
import type { Connectivity } from './connectivity.ts';
import { intersect } from './interval.ts';
import type { Opening } from './opening.ts';
import { onePort } from './port.ts';
import { coversHost, type ServiceEntry } from './service-entry.ts';

/** Hosts and networks that the mesh registers and nobody who sees the entry declared. What may reach them is up to the network policies. */
export function registryOpenings(c: Connectivity): Opening[] {
  return c.mesh.settings.registryOnly ? c.serviceEntries.flatMap((entry) => openingsOf(c, entry)) : [];
}

function openingsOf(c: Connectivity, entry: ServiceEntry): Opening[] {
  const flows = c.declared.flows.filter(({ from }) => entry.isVisible(from.namespace));
  const isDeclared = (host: string, port: number) =>
    flows.some(({ to, port: declared }) => {
      if (declared !== port) return false;
      if (to.kind === 'host') return coversHost(to.host, host);
      return to.kind === 'cidr' && intersect(entry.addresses, addressesOf(to.cidr)).length > 0;
    });
  const open = entry.hosts.flatMap((host) =>
    entry.ports.filter((port) => !isDeclared(host, port)).map((port) => ({ host, port })),
  );
  if (open.length === 0) return [];
  const where = entry.addresses.length ? ` (${formatAddresses(entry.addresses)})` : '';
  return [
    {
      object: entry.object,
      path: ['spec', 'hosts'],
      connections: open.map(({ host, port }) => ({
        from: `pods of namespace ${entry.object.namespace}`,
        to: `${host}${where}`,
        ports: [onePort(port, 'TCP')],
      })),
      count: open.length,
      stoppedBy: 'the network policies',
    },
  ];
}
