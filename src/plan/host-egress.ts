import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import type { Component, InputValue } from '../types/catalog.ts';
import { URL_OF, urlEnd } from './endpoints.ts';

/** Refuses host names as ends of connections: for clusters whose network flavour cannot name hosts, without consent to wide egress. */
export function checkHostEgress(
  services: Service[],
  components: Component[],
  inputs: Record<string, InputValue | null>,
): void {
  const wanting = [
    ...services.flatMap((service) =>
      service.egress.flatMap((one) =>
        'host' in one ? [`services.${service.name}.egress: ${one.host}`] : [],
      ),
    ),
    ...components
      .flatMap((one) => one.flows)
      .filter((flow) => flow.to.startsWith(URL_OF))
      .map((flow) => flow.to.slice(URL_OF.length))
      .flatMap((name) => {
        const end = urlEnd(inputs[name]);
        return end ? [`inputs.${name}: ${end.host}`] : [];
      }),
  ];
  if (wanting.length === 0) return;
  const why =
    'a NetworkPolicy cannot name hosts; give the network (cidr), or open the port to every public address with inputs.wideEgress: true (--wide-egress)';
  throw new UserError(wanting.map((text) => `${text}: ${why}`).join('\n'), 2);
}
