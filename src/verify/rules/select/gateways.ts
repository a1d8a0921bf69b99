import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, records, selects, text, type Path } from '../../selectors.ts';
import { namespacesOf } from './namespaces.ts';

const GROUP = 'gateway.networking.k8s.io';

export interface Listener {
  gateway: KubernetesObject;
  path: Path;
  name: string;
  protocol: string;
  port: unknown;
  hostname: string;
  body: Record<string, unknown>;
}

/** A route's attachment to a Gateway, and the listeners that take it. */
export interface Attachment {
  route: KubernetesObject;
  path: Path;
  gateway: KubernetesObject | undefined;
  /** Listeners that the attachment names: one, or all. */
  named: Listener[];
  /** Those of them that let the route's namespace and kind in and serve one of its hosts. */
  taken: Listener[];
}

export const gatewaysOf = (model: Model): KubernetesObject[] => ofKind(model, `${GROUP}/Gateway`);

export const routesOf = (model: Model): KubernetesObject[] =>
  ofKind(model, ...['HTTP', 'GRPC', 'TLS', 'TCP', 'UDP'].map((kind) => `${GROUP}/${kind}Route`));

export const listenersOf = (gateway: KubernetesObject): Listener[] =>
  records(dig(gateway.body, 'spec', 'listeners')).map((body, index) => ({
    gateway,
    path: ['spec', 'listeners', index],
    name: text(body['name']),
    protocol: text(body['protocol']),
    port: body['port'],
    hostname: text(body['hostname']),
    body,
  }));

/** The Gateways that a route attaches to. https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways */
export function attachmentsOf(model: Model, route: KubernetesObject): Attachment[] {
  const known = attachments.get(route) ?? attach(model, route);
  attachments.set(route, known);
  return known;
}

const attachments = new WeakMap<KubernetesObject, Attachment[]>();

function attach(model: Model, route: KubernetesObject): Attachment[] {
  return records(dig(route.body, 'spec', 'parentRefs')).flatMap((parent, index) => {
    if ((text(parent['kind']) || 'Gateway') !== 'Gateway') return [];
    const namespace = text(parent['namespace']) || route.namespace;
    const gateway = gatewaysOf(model).find(
      (one) => one.namespace === namespace && one.name === parent['name'],
    );
    const named = (gateway ? listenersOf(gateway) : []).filter(
      (one) => (parent['sectionName'] ?? one.name) === one.name && (parent['port'] ?? one.port) === one.port,
    );
    const taken = named.filter((one) => admits(model, one, route) && servesHost(one, route));
    return [{ route, path: ['spec', 'parentRefs', index], gateway, named, taken }];
  });
}

/** Whether a listener lets routes of a namespace and kind attach; without a word, those of its own namespace alone. */
export function admits(model: Model, { gateway, body }: Listener, route: KubernetesObject): boolean {
  const allowed = body['allowedRoutes'];
  const kinds = records(dig(allowed, 'kinds')).map((one) => one['kind']);
  if (kinds.length > 0 && !kinds.includes(route.kind)) return false;
  const from = dig(allowed, 'namespaces', 'from') ?? 'Same';
  if (from === 'All') return true;
  if (from === 'Same') return gateway.namespace === route.namespace;
  const labels = namespacesOf(model).find((one) => one.name === route.namespace)?.labels;
  return from === 'Selector' && !!labels && selects(dig(allowed, 'namespaces', 'selector'), labels);
}

export const hostsOf = (route: KubernetesObject): string[] =>
  (dig(route.body, 'spec', 'hostnames') as unknown[] | undefined)?.map?.(String) ?? [];

const servesHost = (listener: Listener, route: KubernetesObject): boolean => {
  const hosts = hostsOf(route);
  return !listener.hostname || hosts.length === 0 || hosts.some((host) => meets(listener.hostname, host));
};

/** Whether two host names, of which either may start with `*.`, have a name in common. */
export const meets = (one: string, other: string): boolean =>
  one === other || covers(one, other) || covers(other, one);

const covers = (wildcard: string, name: string): boolean =>
  wildcard.startsWith('*.') && name.endsWith(wildcard.slice(1)) && name.length > wildcard.length - 1;
