import type { Protocol } from '../../types/catalog.ts';
import type { Endpoint } from '../../types/connections.ts';
import type { Model } from '../model.ts';
import { containersOf, dig, records, templatesOf, text, type PodTemplate } from '../selectors.ts';
import { SERVICE_ACCOUNT } from './cilium-peers.ts';
import type { Identity } from './identities.ts';
import { exampleLabels, formatLabels, matches, namespaceNames, type Labels } from './label-selector.ts';
import type { PodMatch } from './label-selector.ts';
import { GATEWAY_NAME, meshOf } from './mesh-membership.ts';
import { STRANGER, type Namespaces } from './namespaces.ts';
import { groupBy } from './pod-index.ts';
import type { Pod } from './types.ts';

export interface Population {
  pods: Pod[];
  /** Declared services whose pods nothing in the repository runs. */
  missing: Endpoint[];
}

/** What selectors look at, and who policies let in by name. */
export interface Looked {
  subjects: PodMatch[];
  peers: PodMatch[];
  identities: Identity[];
}

/**
 * Pods of workloads, pods that the graph knows and no file shows (controllers, the gateway, workloads kept elsewhere), and
 * such as may come to run: one without labels in each namespace, and for namespaces of others one for each way that a policy
 * picks pods there. Pods that no selector tells apart are one.
 */
export function populationOf(model: Model, namespaces: Namespaces, looked: Looked): Population {
  const endpointsOf = endpointIndex(model);
  const build = (pod: Partial<Pod> & Pick<Pod, 'namespace' | 'labels'>, annotations: Labels = {}): Pod => {
    const namespaceLabels = namespaces.labelsOf(pod.namespace);
    const serviceAccount = pod.serviceAccount || 'default';
    const mesh = meshOf({
      labels: pod.labels,
      annotations,
      namespaceLabels,
      namespaceAnnotations: namespaces.annotationsOf(pod.namespace),
    });
    return {
      name: '',
      namespaceLabels,
      mesh,
      ports: [],
      known: false,
      hostNetwork: false,
      ...pod,
      serviceAccount,
      labels: { ...pod.labels, [SERVICE_ACCOUNT]: serviceAccount },
      endpoints: endpointsOf(pod.namespace, pod.labels),
    };
  };
  const running = templatesOf(model).map((one) => build(...fromTemplate(one)));
  const shown = new Set(running.flatMap((pod) => pod.endpoints));
  const rendered = new Set(model.declared.services.filter((one) => !one.own).map(ref));
  const absent = model.declared.endpoints.filter((one) => one.kind === 'pods' && !shown.has(one.id));
  const kept = new Map(
    model.declared.services.filter((one) => one.own).map((one) => [ref(one), one.ports] as const),
  );
  const portsOf = (endpoint: Endpoint) =>
    (kept.get(endpoint.id) ?? []).map(({ name, targetPort, protocol }) => ({
      name,
      port: targetPort,
      protocol,
    }));
  const controllers = absent
    .filter((one) => !rendered.has(one.id))
    .map((one) => build(ofEndpoint(one, portsOf(one))));
  // Without a proxy a pod has no certificate: somebody else could still get one of its account.
  const held = new Set([...running, ...controllers].filter((one) => one.mesh).map(identity));
  const identities = looked.identities.filter((one) => !held.has(identity(one)));
  const possible = possibleLabels(namespaces, { ...looked, identities }).map((one) => build(one));
  return {
    pods: merge([...running, ...controllers, ...possible], [...looked.subjects, ...looked.peers], namespaces),
    missing: absent.filter((one) => rendered.has(one.id)),
  };
}

const identity = ({ trustDomain = '', namespace, serviceAccount }: Identity) =>
  `${trustDomain}/${namespace}/${serviceAccount}`;

const ref = (item: { namespace: string; name: string }) => `${item.namespace}/${item.name}`;

function fromTemplate(
  template: PodTemplate,
): [pod: Partial<Pod> & Pick<Pod, 'namespace' | 'labels'>, annotations: Labels] {
  const { object, labels, annotations, spec } = template;
  const ports = containersOf(template)
    .flatMap(({ container }) => records(container['ports']))
    .map((port) => ({
      name: text(port['name']),
      port: Number(port['containerPort']),
      protocol: (text(port['protocol']) || 'TCP') as Protocol,
    }));
  const pod = {
    name: ref(object),
    namespace: object.namespace,
    labels,
    serviceAccount: text(dig(spec, 'serviceAccountName')),
    ports,
    known: true,
    hostNetwork: dig(spec, 'hostNetwork') === true,
    object,
  };
  return [pod, annotations];
}

/** A pod of a controller, or of a workload kept elsewhere: what the graph says of it is all that is known. */
function ofEndpoint({ namespace, labels, serviceAccount, meshed }: Endpoint, ports: Pod['ports']) {
  const gateway = meshed && GATEWAY_NAME in labels;
  const mesh = gateway && { mesh: 'gateway' as const };
  return { namespace, labels, serviceAccount, ports, known: true, ...mesh };
}

function possibleLabels(namespaces: Namespaces, { peers, identities }: Looked) {
  const unlabelled = namespaces.names.map((namespace) => ({ namespace, labels: {} }));
  // Nobody here knows which labels pods of other namespaces wear.
  const elsewhere = peers.flatMap((match) =>
    (namespaceNames(match) ?? [STRANGER])
      .filter((name) => !namespaces.isOwned(name) && matches(match.namespaces, namespaces.labelsOf(name)))
      .map((namespace) => ({ namespace, labels: exampleLabels(match.pods) })),
  );
  return [
    ...unlabelled,
    ...elsewhere,
    ...identities.map((one) => ({ ...one, labels: {}, mesh: 'sidecar' as const })),
  ];
}

type EndpointsOf = (namespace: string, labels: Labels) => string[];

/** The declared endpoints that a pod belongs to: its own, and its namespace's. */
function endpointIndex({ declared }: Model): EndpointsOf {
  const all = [...declared.endpoints, ...declared.flows.flatMap(({ from, to }) => [from, to])];
  const unique = new Map(all.filter((one) => one.kind === 'pods').map((one) => [one.id, one]));
  const byLabel = groupBy(unique.values(), ({ namespace, labels }) => [
    key(namespace, Object.entries(labels)[0]),
  ]);
  return (namespace, labels) =>
    [key(namespace, undefined), ...Object.entries(labels).map((label) => key(namespace, label))]
      .flatMap((one) => byLabel.get(one) ?? [])
      .filter((one) => Object.entries(one.labels).every(([name, value]) => labels[name] === value))
      .map((one) => one.id);
}

const key = (namespace: string, label: [string, string] | undefined) =>
  `${namespace} ${label ? label.join('=') : ''}`;

/** One pod for all that differ in nothing that a selector or the mesh looks at. */
function merge(pods: Pod[], looked: PodMatch[], namespaces: Namespaces): Pod[] {
  const keys = new Set(looked.flatMap((match) => match.pods.map((one) => one.key)));
  const seen = (labels: Labels) => Object.entries(labels).filter(([name]) => keys.has(name));
  const classes = groupBy(pods, (pod) => [
    JSON.stringify([
      pod.namespace,
      seen(pod.labels).sort(),
      identity(pod),
      pod.mesh,
      pod.hostNetwork,
      pod.endpoints,
    ]),
  ]);
  return [...classes.values()].map((same) => {
    const first = same.find((pod) => pod.known) ?? same[0]!;
    const ports = same.flatMap((pod) => pod.ports);
    return { ...first, ports, name: nameOf(first, seen(first.labels), namespaces) };
  });
}

function nameOf(pod: Pod, seen: [string, string][], namespaces: Namespaces): string {
  const own = pod.endpoints.find((id) => !id.startsWith('namespace '));
  if (own) return own.includes('/') ? own : `${pod.namespace}/${own}`;
  if (pod.known) return pod.name;
  const labels = formatLabels(Object.fromEntries(seen.filter(([name]) => name !== SERVICE_ACCOUNT)));
  const domain = pod.trustDomain ? ` of trust domain ${pod.trustDomain}` : '';
  const named = pod.serviceAccount === 'default' ? '' : ` as ServiceAccount ${pod.serviceAccount}`;
  const account = domain + named;
  const where = pod.namespace === STRANGER ? STRANGER : `namespace ${pod.namespace}`;
  const any = namespaces.isOwned(pod.namespace) && !labels && !account ? 'any other pod' : 'a pod';
  const member = pod.mesh && !namespaces.isOwned(pod.namespace) ? ' in the mesh' : '';
  return `${any}${member}${labels && ` with ${labels}`}${account} of ${where}`;
}
