import type { Service } from '../blueprint/service.ts';
import type { Endpoint } from '../types/connections.ts';
import type { EndpointSpec } from '../types/flow-spec.ts';

const NOTHING = {
  namespace: '',
  labels: {},
  serviceAccount: '',
  meshed: false,
  cidr: '',
  except: [],
  host: '',
};

/** Places that no pod label can name. */
export const PLACES = {
  anyone: { ...NOTHING, id: 'anyone', kind: 'anyone' },
  internet: { ...NOTHING, id: 'internet', kind: 'internet' },
  'api-server': { ...NOTHING, id: 'api-server', kind: 'api-server' },
} as const satisfies Record<string, Endpoint>;

export const ref = (item: { namespace: string; name: string }) => `${item.namespace}/${item.name}`;

/** The pods of a service: by the labels that its workload carries, or that the user's own workload is said to carry. */
export function serviceEndpoint(service: Service, meshed: boolean): Endpoint {
  return {
    ...NOTHING,
    id: ref(service),
    kind: 'pods',
    namespace: service.namespace,
    labels: service.selector ?? { app: service.name },
    serviceAccount: service.serviceAccount.name ?? service.name,
    meshed,
  };
}

export function componentEndpoint(id: string, spec: EndpointSpec, meshed: boolean): Endpoint {
  if ('cidr' in spec) return { ...NOTHING, id, kind: 'cidr', cidr: spec.cidr };
  const { namespace, labels, serviceAccount = '' } = spec;
  return { ...NOTHING, id, kind: 'pods', namespace, labels, serviceAccount, meshed };
}

/** Every pod of a namespace. */
export function namespaceEndpoint(namespace: string, meshed: boolean): Endpoint {
  return { ...NOTHING, id: `namespace ${namespace}`, kind: 'pods', namespace, meshed };
}

/** A network or a host name outside the cluster. */
export function outsideEndpoint(
  target: { host: string } | { cidr: string; except?: string[] | undefined },
): Endpoint {
  if ('host' in target) return { ...NOTHING, id: target.host, kind: 'host', host: target.host };
  return { ...NOTHING, id: target.cidr, kind: 'cidr', cidr: target.cidr, except: target.except ?? [] };
}
