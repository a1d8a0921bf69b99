import { addressesOf, formatAddresses } from './address.ts';
import type { Connectivity } from './connectivity.ts';
import { intersect } from './interval.ts';
import { STRANGER } from './namespaces.ts';
import type { Opening } from './opening.ts';
import { onePort } from './port.ts';
import { coversHost, type ServiceEntry } from './service-entry.ts';

/** Hosts and networks that the mesh registers and nobody who sees the entry declared. What may reach them is up to the network policies. */
export function registryOpenings(c: Connectivity): Opening[] {
  return c.mesh.settings.registryOnly ? c.serviceEntries.flatMap((entry) => openingsOf(c, entry)) : [];
}

function openingsOf(c: Connectivity, entry: ServiceEntry): Opening[] {
  // Who may not open the connection would still find it registered.
  const own = entry.object.namespace;
  const seeing = [own, ...c.namespaces.names.filter((one) => one !== own)].filter(entry.isVisible);
  const isDeclared = (host: string, port: number, namespace: string) =>
    c.declared.flows.some(({ from, to, port: declared }) => {
      if (declared !== port || from.namespace !== namespace) return false;
      if (to.kind === 'host') return coversHost(to.host, host);
      return to.kind === 'cidr' && intersect(entry.addresses, addressesOf(to.cidr)).length > 0;
    });
  const open = seeing.flatMap((namespace) =>
    entry.hosts.flatMap((host) =>
      entry.ports
        .filter((port) => !isDeclared(host, port, namespace))
        .map((port) => ({ host, port, namespace })),
    ),
  );
  if (open.length === 0) return [];
  const where = entry.addresses.length ? ` (${formatAddresses(entry.addresses)})` : '';
  return [
    {
      object: entry.object,
      path: ['spec', open[0]!.namespace === own ? 'hosts' : 'exportTo'],
      connections: open.slice(0, 4).map(({ host, port, namespace }) => ({
        from: `pods of ${namespace === STRANGER ? STRANGER : `namespace ${namespace}`}`,
        to: `${host}${where}`,
        ports: [onePort(port, 'TCP')],
      })),
      count: open.length,
      stoppedBy: 'the network policies',
    },
  ];
}
