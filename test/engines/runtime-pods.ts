import type { Repository } from './repositories.ts';
import type { Pod } from './releases.ts';

const pod = (from: string, namespace: string, labels: Record<string, string>, ports: number[], api = false): Pod => ({
  from,
  name: from,
  namespace,
  labels,
  annotations: {},
  spec: { automountServiceAccountToken: api, containers: [{ name: 'a', ports: ports.map((containerPort) => ({ containerPort })) }] },
});

/** Pods that no file shows, since controllers make them at run time: labels and ports as their sources have them. */
export function runtimePods({ plan }: Repository): Pod[] {
  const dns = pod('cluster DNS', 'kube-system', { 'k8s-app': 'kube-dns' }, []);
  dns.spec.containers[0]!.ports = [
    { containerPort: 53, protocol: 'UDP' },
    { containerPort: 53, protocol: 'TCP' },
  ];
  const gateways: Record<string, Pod> = {
    istio: pod('Istio Gateway', 'gateway', { 'gateway.networking.k8s.io/gateway-name': 'public', 'gateway.networking.k8s.io/gateway-class-name': 'istio' }, [80, 443, 15020, 15021, 15090]),
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
    gateways[plan.choices.gateway!]!,
    pod('ACME solver', 'gateway', { 'acme.cert-manager.io/http01-solver': 'true' }, [8089]),
    pod('scan job', 'trivy-system', { 'app.kubernetes.io/managed-by': 'trivy-operator' }, []),
  ].filter(({ namespace }) => namespace === 'kube-system' || plan.namespaces.some(({ name }) => name === namespace));
}

/** Namespaces whose pods come from elsewhere: an existing scraper, workloads that keep their own manifests. */
export const isForeign = ({ plan }: Repository, namespace: string, labels: Record<string, string>): boolean =>
  namespace === plan.inputs.scraperNamespace || plan.services.some((service) => service.own && service.namespace === namespace && Object.entries(service.labels).every(([key, value]) => labels[key] === value));
