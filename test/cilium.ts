import { ofKind, type Any, type KubernetesObject, type Labels } from './objects.ts';

/** Namespaces of a peer are said by this label: without it a peer means the policy's own (docs.cilium.io, "Kubernetes Constructs"). */
const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';

/** NetworkPolicies, and Cilium's said as such. */
export const networkPolicies = (objects: KubernetesObject[]): KubernetesObject[] => [
  ...ofKind(objects, 'NetworkPolicy'),
  ...ofKind(objects, 'CiliumNetworkPolicy').map(asNetworkPolicy),
];

/**
 * A CiliumNetworkPolicy in the form of a NetworkPolicy, so that both are judged alike. Peers that only Cilium can name become
 * `{ entity }` and `{ host }`, which are no pods; rules for requests stay beside the ports. Throws on all that we do not render.
 */
export function asNetworkPolicy<T extends { metadata: { name: string }; spec?: Any }>(object: T): T {
  const { endpointSelector, ingress, egress, ...unknown } = object.spec;
  only(unknown, [], object.metadata.name);
  const directions = { Ingress: ingress, Egress: egress };
  const rules = (list: Any[] | undefined, end: string) =>
    list?.filter((rule) => Object.keys(rule).length).map((rule) => ruleOf(rule, end, object.metadata.name));
  const [from, to] = [rules(ingress, 'from'), rules(egress, 'to')];
  return {
    ...object,
    spec: {
      podSelector: endpointSelector,
      policyTypes: Object.entries(directions).flatMap(([type, list]) => (list?.length ? [type] : [])),
      ...(from?.length && { ingress: from }),
      ...(to?.length && { egress: to }),
    },
  };
}

function ruleOf(rule: Any, end: string, name: string): Any {
  const { toPorts, [`${end}Endpoints`]: endpoints, [`${end}Entities`]: entities, ...rest } = rule;
  const { [`${end}CIDRSet`]: networks, toFQDNs, ...unknown } = rest;
  only(unknown, [], name);
  const [entry, ...more] = toPorts as Any[];
  if (more.length) throw new Error(`${name}: several toPorts`);
  only(entry, ['ports', 'rules'], name);
  only(entry.rules ?? {}, ['http', 'dns'], name);
  const kinds = [endpoints, entities, networks, toFQDNs].filter((one) => one !== undefined);
  if (kinds.length !== 1) throw new Error(`${name}: a rule has peers of ${kinds.length} kinds`);
  const peers: Any[] = [
    ...(endpoints ?? []).map((one: Any) => podsOf(one, name)),
    ...(entities ?? []).map((entity: string) => ({ entity })),
    ...(networks ?? []).map((ipBlock: Any) => ({ ipBlock })),
    ...(toFQDNs ?? []).map((one: Any) => ({ host: one.matchName ?? one.matchPattern })),
  ];
  return {
    ports: entry.ports.flatMap(portsOf),
    ...(!entities?.includes('all') && { [end]: peers }),
    ...entry.rules,
  };
}

function podsOf({ matchLabels, ...unknown }: Any, name: string): Any {
  only(unknown, [], name);
  const { [NAMESPACE]: namespace, ...labels } = matchLabels as Labels;
  if (!namespace) throw new Error(`${name}: a peer without ${NAMESPACE} is of the policy's own namespace`);
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...(Object.keys(labels).length && { podSelector: { matchLabels: labels } }),
  };
}

function portsOf({ port, protocol, ...unknown }: Any): Any[] {
  only(unknown, [], String(port));
  if (typeof port !== 'string') throw new Error(`port ${port} is no text`);
  return (protocol === 'ANY' ? ['TCP', 'UDP'] : [protocol]).map((one) => ({
    port: Number(port),
    protocol: one,
  }));
}

function only(value: object, known: string[], name: string): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length) throw new Error(`${name}: ${unknown.join(', ')}`);
}

/** Whether a proxy lets a request through: patterns match a whole method, and a whole path with its query. */
export function permits(http: Any[], method: string, path: string): boolean {
  const matches = (pattern: string | undefined, text: string) =>
    pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text);
  return http.some((one) => matches(one.method, method) && matches(one.path, path));
}
