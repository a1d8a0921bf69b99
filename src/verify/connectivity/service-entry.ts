import type { Flow } from '../../types/connections.ts';
import type { KubernetesObject } from '../model.ts';
import { dig, records, text, texts } from '../selectors.ts';
import { addressesOf, contains, type Addresses } from './address.ts';
import type { IstioSettings } from './istio.ts';
import type { Pod } from './types.ts';

/** Hosts and networks outside that the mesh knows. */
export interface ServiceEntry {
  object: KubernetesObject;
  hosts: string[];
  addresses: Addresses;
  ports: number[];
  isVisible: (namespace: string) => boolean;
}

/** What a ServiceEntry of networking.istio.io registers: https://istio.io/latest/docs/reference/config/networking/service-entry/ */
export function readServiceEntry(object: KubernetesObject): ServiceEntry | undefined {
  if (object.group !== 'networking.istio.io' || object.kind !== 'ServiceEntry') return undefined;
  const spec = dig(object.body, 'spec');
  const exportTo = texts(dig(spec, 'exportTo'));
  return {
    object,
    hosts: texts(dig(spec, 'hosts')),
    addresses: texts(dig(spec, 'addresses')).flatMap((one) => addressesOf(one)),
    ports: records(dig(spec, 'ports')).map((one) => Number(text(one['number']) || (one['number'] as number))),
    // "If no namespaces are specified then the service is exported to all namespaces by default."
    isVisible: (namespace) =>
      exportTo.length === 0 ||
      exportTo.some(
        (one) => one === '*' || one === namespace || (one === '.' && object.namespace === namespace),
      ),
  };
}

/** Whether an entry registers what a flow goes to. */
export function registers(entry: ServiceEntry, { to, port }: Pick<Flow, 'to' | 'port'>): boolean {
  if (!entry.ports.includes(port)) return false;
  if (to.kind === 'host') return entry.hosts.some((host) => coversHost(host, to.host));
  return contains(entry.addresses, addressesOf(to.cidr));
}

/** `*.example.com` covers `*.a.example.com` and `a.example.com`, not `example.com`. */
export const coversHost = (wide: string, narrow: string): boolean =>
  wide === narrow || wide === '*' || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));

/**
 * Whether proxies refuse a flow out of the mesh because nothing registers where it goes. Only with REGISTRY_ONLY, only over
 * TCP, and only for pods with a proxy of their own. DNS that the agent takes does not come to the proxy:
 * https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
 */
export const isUnregistered = (
  entries: ServiceEntry[],
  settings: IstioSettings,
  from: Pod,
  flow: Pick<Flow, 'to' | 'port' | 'protocol'>,
): boolean =>
  settings.registryOnly &&
  from.mesh === 'sidecar' &&
  flow.protocol === 'TCP' &&
  !(settings.dnsCapture && flow.port === 53) &&
  (flow.to.kind === 'host' || flow.to.kind === 'cidr') &&
  !entries.some((entry) => entry.isVisible(from.namespace) && registers(entry, flow));
