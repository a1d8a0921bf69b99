import { networkPolicies } from './cilium.ts';
import {
  at,
  id,
  idOf,
  ofKind,
  otherPods,
  podTemplate,
  renderedPods,
  selects,
  type Any,
  type KubernetesObject,
  type Repository,
} from './objects.ts';

export const repeated = (names: string[]) => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/** What the API server's lists-by-key refuse, and what no kubelet can mount. */
export function podsAreSound({ objects }: Repository): string[] {
  return objects.flatMap((object) => {
    const template = podTemplate(object);
    if (!template) return [];
    const { containers, initContainers = [], volumes = [] } = template.spec;
    const all: Any[] = [...containers, ...initContainers];
    const claims = (object['spec'].volumeClaimTemplates ?? []).map((one: Any) => one.metadata.name);
    const names = [...volumes.map((one: Any) => one.name), ...claims];
    const problems = [
      ...repeated(all.map((one) => one.name)).map((name) => `container ${name} twice`),
      ...repeated(names).map((name) => `volume ${name} twice`),
      ...names.filter((name) => name.length > 63).map((name) => `volume ${name} is longer than 63`),
      ...all.flatMap(({ env = [], ports = [], volumeMounts = [] }) => [
        ...repeated(env.map((one: Any) => one.name)).map((name) => `variable ${name} twice`),
        ...repeated(ports.map((one: Any) => `${one.containerPort}/${one.protocol}`)).map(
          (port) => `port ${port} twice`,
        ),
        ...repeated(volumeMounts.map((one: Any) => one.mountPath)).map((name) => `mount ${name} twice`),
        ...volumeMounts
          .filter((one: Any) => !names.includes(one.name))
          .map((one: Any) => `mounts ${one.name}, which is no volume`),
      ]),
      ...(object['spec'].selector && !selects(object['spec'].selector, template.metadata.labels ?? {})
        ? ['selects other pods than its own']
        : []),
    ];
    return problems.map((problem) => `${at(object)}: ${problem}`);
  });
}

export function selectorsHit(repository: Repository): string[] {
  const { objects, plan } = repository;
  const pods = [...renderedPods(objects), ...otherPods(repository)];
  const selectorOf = ({ kind, spec }: KubernetesObject) => {
    if (kind === 'Service') return spec.selector && { matchLabels: spec.selector };
    if (kind.endsWith('NetworkPolicy')) return spec.podSelector;
    return spec.selector;
  };
  const root = String(plan.provides['mesh']?.['rootNamespace'] ?? 'istio-system');
  const selecting = ofKind(
    objects,
    'Service',
    'PodDisruptionBudget',
    'AuthorizationPolicy',
    'PeerAuthentication',
    'RequestAuthentication',
  );
  return [...selecting, ...networkPolicies(objects)].flatMap((one) => {
    const selector = selectorOf(one);
    const empty =
      !selector || Object.keys({ ...selector.matchLabels, ...selector.matchExpressions }).length === 0;
    if (empty || one.metadata.namespace === root) return [];
    return pods.some((pod) => pod.namespace === one.metadata.namespace && selects(selector, pod.labels))
      ? []
      : [`${at(one)}: selects no pod`];
  });
}

/** The other end of a policy's rule, when it is said by namespace and pod labels. */
export function peersExist(repository: Repository): string[] {
  const pods = [...renderedPods(repository.objects), ...otherPods(repository)];
  return networkPolicies(repository.objects).flatMap((one) => {
    const rules: Any[] = [...(one['spec'].ingress ?? []), ...(one['spec'].egress ?? [])];
    const peers: Any[] = rules.flatMap((rule) => [...(rule.from ?? []), ...(rule.to ?? [])]);
    return peers
      .filter((peer) => Object.keys(peer.podSelector ?? {}).length)
      .filter((peer) => {
        const isThere = (namespace: string) =>
          peer.namespaceSelector
            ? selects(peer.namespaceSelector, { 'kubernetes.io/metadata.name': namespace })
            : namespace === one.metadata.namespace;
        return !pods.some((pod) => isThere(pod.namespace) && selects(peer.podSelector, pod.labels));
      })
      .map((peer) => `${at(one)}: no pod is ${JSON.stringify(peer)}`);
  });
}

/** Cilium knows a host by the DNS answers that it reads: pods that may reach one must ask through a rule of its DNS proxy. */
export function hostsAreLearned({ objects }: Repository): string[] {
  const policies = networkPolicies(objects);
  const rules = ({ spec }: KubernetesObject): Any[] => spec.egress ?? [];
  const everyPod = (one: KubernetesObject) => Object.keys(one['spec'].podSelector).length === 0;
  return policies
    .filter((one) => rules(one).some((rule) => rule.to?.some((peer: Any) => peer.host)))
    .filter(
      (one) =>
        !policies.some(
          (other) =>
            other.metadata.namespace === one.metadata.namespace &&
            everyPod(other) &&
            rules(other).some((rule) => rule.dns?.length),
        ),
    )
    .map((one) => `${at(one)}: names a host, and no rule reads the answers of DNS`);
}

/** A route's Gateway has the listener, lets the namespace in, and the Service behind has the port. */
export function routesArrive({ objects, plan }: Repository): string[] {
  const byId = new Map(objects.map((one) => [id(one), one]));
  return ofKind(objects, 'HTTPRoute').flatMap((route) => {
    const home = route.metadata.namespace!;
    const backends = route['spec'].rules
      .flatMap((rule: Any) => rule.backendRefs ?? [])
      .flatMap((one: Any) => {
        const own = plan.services.find(
          (service) => service.own && service.namespace === home && service.serviceNames.includes(one.name),
        );
        // The Gateway's controller makes a Service with the ports of its listeners.
        const made =
          one.name === plan.provides['gateway']!['serviceName'] &&
          byId.get(idOf('Gateway', home, 'public'))?.['spec'].listeners;
        const service = byId.get(idOf('Service', home, one.name));
        const ports = own?.ports ?? (made || service?.['spec'].ports || []);
        return ports.some((port: Any) => port.port === one.port)
          ? []
          : [`${at(route)}: ${one.name} has no port ${one.port}`];
      });
    const parents = (route['spec'].parentRefs ?? [])
      .filter((one: Any) => (one.kind ?? 'Gateway') === 'Gateway')
      .flatMap((one: Any) => {
        const gateway = byId.get(idOf('Gateway', one.namespace ?? home, one.name));
        const listener = gateway?.['spec'].listeners.find((item: Any) => item.name === one.sectionName);
        if (!listener) return [`${at(route)}: the Gateway has no listener ${one.sectionName}`];
        const { from, selector } = listener.allowedRoutes.namespaces;
        const admitted =
          from === 'Same'
            ? gateway!.metadata.namespace === home
            : selects(selector, { 'kubernetes.io/metadata.name': home });
        return admitted ? [] : [`${at(route)}: listener ${one.sectionName} admits no route of ${home}`];
      });
    return [...backends, ...parents];
  });
}

export function networkIsDenied({ objects, plan }: Repository): string[] {
  const policies = networkPolicies(objects);
  const owned = plan.namespaces.map((one) => one.name);
  const rules = policies.flatMap((one) =>
    [...(one['spec'].ingress ?? []), ...(one['spec'].egress ?? [])].map((rule) => ({ one, rule })),
  );
  const isDeny = ({ spec }: KubernetesObject) =>
    Object.keys(spec.podSelector).length === 0 &&
    String(spec.policyTypes) === 'Ingress,Egress' &&
    !spec.ingress &&
    !spec.egress;
  const isDns = ({ spec }: KubernetesObject) =>
    Object.keys(spec.podSelector).length === 0 &&
    ['UDP', 'TCP'].every((protocol) =>
      spec.egress?.some(
        (rule: Any) =>
          rule.to?.length && rule.ports?.some((one: Any) => one.port === 53 && one.protocol === protocol),
      ),
    );
  return [
    ...policies
      .filter((one) => !owned.includes(one.metadata.namespace!))
      .map((one) => `${at(one)}: the namespace is not ours`),
    ...rules
      .filter(({ rule }) => rule.from?.length === 0 || rule.to?.length === 0)
      .map(({ one }) => `${at(one)}: an empty list of peers means everyone`),
    ...policies
      .filter((one) => !one['spec'].policyTypes?.length)
      .map((one) => `${at(one)}: leaves the direction to a default`),
    ...plan.namespaces.flatMap(({ name, stages }) => {
      const here = policies.filter((one) => one.metadata.namespace === name);
      if (stages.network === 'audit')
        return here.map((one) => `${at(one)}: the network of ${name} is in audit`);
      return [
        ...(here.some(isDeny) ? [] : [`namespace ${name}: nothing is denied`]),
        ...(here.some(isDns) ? [] : [`namespace ${name}: no DNS`]),
      ];
    }),
  ];
}
