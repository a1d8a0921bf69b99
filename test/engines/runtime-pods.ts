import type { Repository } from './repositories.ts';
import type { Pod } from './releases.ts';

const pod = (
  from: string,
  namespace: string,
  labels: Record<string, string>,
  ports: number[],
  api = false,
): Pod => ({
  from,
  name: from,
  namespace,
  labels,
  annotations: {},
  spec: {
    automountServiceAccountToken: api,
    containers: [{ name: 'a', ports: ports.map((containerPort) => ({ containerPort })) }],
  },
});

function dnsPod(from: string, app: string): Pod {
  const dns = pod(from, 'kube-system', { 'k8s-app': app }, []);
  dns.spec.containers[0]!.ports = [
    { containerPort: 53, protocol: 'UDP' },
    { containerPort: 53, protocol: 'TCP' },
  ];
  return dns;
}

/** Pods that no file shows, since controllers make them at run time: labels and ports as their sources have them. */
export function runtimePods({ plan }: Repository): Pod[] {
  const dns = dnsPod('cluster DNS', 'kube-dns');
  const gateways: Record<string, Pod> = {
    istio: pod(
      'Istio Gateway',
      'gateway',
      {
        'gateway.networking.k8s.io/gateway-name': 'public',
        'gateway.networking.k8s.io/gateway-class-name': 'istio',
      },
      [80, 443, 15020, 15021, 15090],
    ),
    'envoy-gateway': pod(
      'Envoy Gateway proxy',
      'gateway',
      {
        'app.kubernetes.io/name': 'envoy',
        'app.kubernetes.io/component': 'proxy',
        'app.kubernetes.io/managed-by': 'envoy-gateway',
        'gateway.envoyproxy.io/owning-gateway-name': 'public',
        'gateway.envoyproxy.io/owning-gateway-namespace': 'gateway',
      },
      [10080, 10443, 19001, 19003],
    ),
  };
  return [
    dns,
    // https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache
    ...(plan.choices.distribution === 'gke' ? [dnsPod('cache of the node', 'node-local-dns')] : []),
    gateways[plan.choices.gateway!]!,
    pod('ACME solver', 'gateway', { 'acme.cert-manager.io/http01-solver': 'true' }, [8089]),
    pod('scan job', 'trivy-system', { 'app.kubernetes.io/managed-by': 'trivy-operator' }, []),
  ].filter(
    ({ namespace }) => namespace === 'kube-system' || plan.namespaces.some(({ name }) => name === namespace),
  );
}

/** A pod as it runs: in a namespace of Istio's mesh with a proxy, whose ports no file shows. */
export function withProxy({ plan }: Repository, pod: Pod): Pod {
  const isMeshed =
    plan.choices.mesh === 'istio' &&
    plan.namespaces.some(({ name, meshed }) => name === pod.namespace && meshed);
  if (!isMeshed) return pod;
  const proxy = {
    name: 'istio-proxy',
    ports: [15020, 15021, 15090].map((containerPort) => ({ containerPort })),
  };
  return { ...pod, spec: { ...pod.spec, initContainers: [...(pod.spec.initContainers ?? []), proxy] } };
}

/** Pods from elsewhere: an existing scraper, a place that inputs name, services that keep their own manifests, application namespaces that we only know by name. */
export function isForeign({ plan }: Repository, namespace: string, labels: Record<string, string>): boolean {
  if (namespace === plan.inputs.scraperNamespace) return true;
  if (plan.outside.some(({ ends }) => ends.some((end) => end.namespace === namespace))) return true;
  const here = plan.services.filter((service) => service.namespace === namespace);
  if (!here.length) return plan.namespaces.some(({ name, kind }) => name === namespace && kind === 'app');
  return here.some(
    (service) => service.own && Object.entries(labels).every(([key, value]) => service.labels[key] === value),
  );
}
