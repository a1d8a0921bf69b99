import type { Service } from '../blueprint/service.ts';
import { UserError } from '../error.ts';
import { kebab } from '../kebab.ts';
import type { OutsidePlan } from '../types/outside-plan.ts';
import type { SignaturePlan } from '../types/signature-plan.ts';

interface Wanted {
  services: Service[];
  outside: OutsidePlan[];
  /** Null where nobody reads signatures. */
  signatures: SignaturePlan | null;
  canNameHosts: boolean;
  consented: boolean;
}

/** A host name may be reached only where the network flavour can name hosts, or where wide egress is consented to. */
export function checkHostEgress(wanted: Wanted): void {
  if (wanted.canNameHosts || wanted.consented) return;
  const problems = hostsOf(wanted).map(
    ({ place, instead }) =>
      `${place}: a NetworkPolicy cannot name hosts; ${instead}choose network policies that can (--network), or open the port to every public address with inputs.wideEgress: true (--wide-egress)`,
  );
  if (problems.length) throw new UserError(problems.join('\n'), 2);
}

const WEB = [80, 443];

/** In a mesh, a name with `*` may be reached on ports of the web alone, whose requests say their host. */
export function checkWildcardEgress(services: Service[], meshed: boolean): void {
  if (!meshed) return;
  const problems = services.flatMap((service) =>
    service.egress.flatMap((one) =>
      'host' in one && one.host.includes('*') && !WEB.includes(one.port)
        ? [
            `services.${service.name}.egress: ${one.host}:${one.port}: a mesh tells the hosts below a wildcard apart on ports 80 and 443 alone, where requests name theirs; name each host, or choose mesh none`,
          ]
        : [],
    ),
  );
  if (problems.length) throw new UserError(problems.join('\n'), 2);
}

/** Where a host is asked for, and what would do without its name. */
function hostsOf({ services, outside, signatures }: Wanted): { place: string; instead: string }[] {
  return [
    ...services.flatMap((service) =>
      service.egress.flatMap((one) =>
        'host' in one
          ? [
              {
                place: `services.${service.name}.egress: ${one.host}`,
                instead: 'give the network (cidr), ',
              },
            ]
          : [],
      ),
    ),
    ...outside.filter(isByName).map(({ input, host, networks }) => ({
      place: `inputs.${input}: ${host}`,
      instead: networks && `give its networks with inputs.${networks} (--${kebab(networks)}), `,
    })),
    ...(signatures?.networks.length === 0
      ? [
          {
            place: `inputs.signedImages: ${signatures.hosts.join(', ')}`,
            instead: 'give their networks with inputs.signatureCidrs (--signature-cidrs), ',
          },
        ]
      : []),
  ];
}

/** Whether nothing but the host's name is known of a place. */
const isByName = ({ ends }: OutsidePlan): boolean => ends.some(({ kind }) => kind === 'host');
