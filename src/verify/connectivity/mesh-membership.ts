import type { Labels } from './label-selector.ts';
import type { Pod } from './types.ts';

/** Labels and annotations of a pod and of its namespace. */
export interface Membership {
  labels: Labels;
  annotations: Labels;
  namespaceLabels: Labels;
  namespaceAnnotations: Labels;
}

/** istiod names what it runs for a Gateway so (istio.io, "Kubernetes Gateway API: Automated Deployment"). */
export const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/**
 * How a pod takes part in a mesh, from what the injectors and agents read.
 *
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy,
 * https://istio.io/latest/docs/ambient/usage/add-workloads/ and https://linkerd.io/2/features/proxy-injection/
 */
export function meshOf({
  labels,
  annotations,
  namespaceLabels,
  namespaceAnnotations,
}: Membership): Pod['mesh'] {
  const dataplane = labels['istio.io/dataplane-mode'] ?? namespaceLabels['istio.io/dataplane-mode'];
  if (injected(labels, annotations, namespaceLabels)) return 'sidecar';
  if (dataplane === 'ambient') return 'ambient';
  const linkerd = annotations['linkerd.io/inject'] ?? namespaceAnnotations['linkerd.io/inject'];
  return linkerd === 'enabled' || linkerd === 'ingress' ? 'linkerd' : '';
}

/** "If either label is set to disabled, injection is disabled"; then the pod's own label counts, then the namespace's. */
function injected(labels: Labels, annotations: Labels, namespaceLabels: Labels): boolean {
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const namespace = namespaceLabels['istio-injection'];
  if (namespace === 'disabled') return false;
  if (own !== undefined) return /^(1|t|true)$/i.test(own);
  return namespace === 'enabled' || Boolean(namespaceLabels['istio.io/rev'] ?? labels['istio.io/rev']);
}
