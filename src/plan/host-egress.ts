import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';

/** A host name may be reached only where the network flavour can name hosts, or where wide egress is consented to. */
export function checkHostEgress(services: Service[], canNameHosts: boolean, consented: boolean): void {
  if (canNameHosts || consented) return;
  const wanting = services.flatMap((service) =>
    service.egress.flatMap((one) => ('host' in one ? [`services.${service.name}.egress: ${one.host}`] : [])),
  );
  if (wanting.length === 0) return;
  const why =
    'a NetworkPolicy cannot name hosts; give the network (cidr), choose network policies that can (--network), or open the port to every public address with inputs.wideEgress: true (--wide-egress)';
  throw new UserError(wanting.map((text) => `${text}: ${why}`).join('\n'), 2);
}
