import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import { kebab } from '../kebab.ts';
import type { OutsidePlan } from '../types/plan.ts';

/** A host name may be reached only where the network flavour can name hosts, or where wide egress is consented to. */
export function checkHostEgress(
  services: Service[],
  outside: OutsidePlan[],
  canNameHosts: boolean,
  consented: boolean,
): void {
  if (canNameHosts || consented) return;
  const problem = (place: string, networks: string) =>
    `${place}: a NetworkPolicy cannot name hosts; give ${networks}, or open the port to every public address with inputs.wideEgress: true (--wide-egress)`;
  const problems = [
    ...services.flatMap((service) =>
      service.egress.flatMap((one) =>
        'host' in one ? [problem(`services.${service.name}.egress: ${one.host}`, 'the network (cidr)')] : [],
      ),
    ),
    ...outside
      .filter(isByName)
      .map(({ input, host, networks }) =>
        problem(`inputs.${input}: ${host}`, `its networks with inputs.${networks} (--${kebab(networks)})`),
      ),
  ];
  if (problems.length) throw new UserError(problems.join('\n'), 2);
}

/** Whether nothing but the host's name is known of a place. */
export const isByName = ({ ends }: OutsidePlan): boolean => ends.some(({ kind }) => kind === 'host');
