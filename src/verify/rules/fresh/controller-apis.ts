import type { ApiVersion } from './api-version.ts';

const GATEWAY = 'https://github.com/kubernetes-sigs/gateway-api/tree/v1.6.1/config/crd/standard';
const FLUX = 'https://fluxcd.io/flux/releases/';

/** Versions that no controller of the tested versions serves. */
export const REMOVED_FROM_CONTROLLERS: ApiVersion[] = [
  {
    pattern: /^kustomize\.toolkit\.fluxcd\.io\/v1beta[12]\//,
    instead: 'kustomize.toolkit.fluxcd.io/v1',
    source: FLUX,
  },
  {
    pattern: /^source\.toolkit\.fluxcd\.io\/v1beta[12]\//,
    instead: 'source.toolkit.fluxcd.io/v1',
    source: FLUX,
  },
  { pattern: /^helm\.toolkit\.fluxcd\.io\/v2beta[12]\//, instead: 'helm.toolkit.fluxcd.io/v2', source: FLUX },
  {
    pattern: /^image\.toolkit\.fluxcd\.io\/v1beta[12]\//,
    instead: 'image.toolkit.fluxcd.io/v1',
    source: FLUX,
  },
  {
    pattern: /^notification\.toolkit\.fluxcd\.io\/v1beta[12]\//,
    instead: 'v1beta3, Receiver v1',
    source: FLUX,
  },
  {
    pattern: /^external-secrets\.io\/v1(alpha1|beta1)\/(Cluster)?(SecretStore|ExternalSecret)$/,
    instead: 'external-secrets.io/v1',
    source: 'https://github.com/external-secrets/external-secrets/releases/tag/v0.17.0',
  },
  {
    pattern: /^cert-manager\.io\/v1(alpha[123]|beta1)\/|^certmanager\.k8s\.io\//,
    instead: 'cert-manager.io/v1',
    source: 'https://cert-manager.io/docs/releases/upgrading/remove-deprecated-apis/',
  },
  {
    pattern:
      /^gateway\.networking\.k8s\.io\/v1alpha2\/(TLSRoute|TCPRoute|UDPRoute|GRPCRoute|Gateway|GatewayClass|HTTPRoute|ReferenceGrant|ReferencePolicy|BackendTLSPolicy)$/,
    instead: 'gateway.networking.k8s.io/v1',
    source: GATEWAY,
  },
  {
    pattern: /^gateway\.networking\.k8s\.io\/v1alpha3\//,
    instead: 'gateway.networking.k8s.io/v1',
    source: GATEWAY,
  },
  {
    pattern: /^(networking\.)?x-k8s\.io\/v1alpha1\/|^networking\.x-k8s\.io\//,
    instead: 'gateway.networking.k8s.io/v1',
    source: GATEWAY,
  },
  {
    pattern: /^policy\.networking\.k8s\.io\/v1alpha1\//,
    instead: 'policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy',
    source: 'https://network-policy-api.sigs.k8s.io/',
  },
  {
    pattern: /^(authentication|rbac|config)\.istio\.io\//,
    instead: 'security.istio.io/v1',
    source: 'https://istio.io/latest/news/releases/1.6.x/announcing-1.6/upgrade-notes/',
  },
  {
    pattern: /^cilium\.io\/v2alpha1\/CiliumNodeConfig$/,
    instead: 'cilium.io/v2',
    source: 'https://docs.cilium.io/en/stable/operations/upgrade/',
  },
];

/** Served, but on their way out. */
export const OUTDATED: ApiVersion[] = [
  {
    pattern: /^(security|networking|telemetry)\.istio\.io\/v1(beta1|alpha3)\/(?!EnvoyFilter|ProxyConfig)/,
    instead: 'v1',
    source: 'https://istio.io/latest/blog/2024/v1-apis/',
  },
  {
    pattern: /^kyverno\.io\/(v1|v2beta1|v2)\/(Cluster)?(Policy|CleanupPolicy)$/,
    instead: 'policies.kyverno.io/v1',
    source: 'https://kyverno.io/docs/policy-types/overview/',
  },
  {
    pattern: /^kyverno\.io\/v2(alpha1|beta1)?\/PolicyException$/,
    instead: 'policies.kyverno.io/v1',
    source: 'https://kyverno.io/docs/policy-types/overview/',
  },
  {
    pattern: /^policies\.kyverno\.io\/v1(alpha1|beta1)\//,
    instead: 'policies.kyverno.io/v1',
    source: 'https://kyverno.io/docs/policy-types/overview/',
  },
  {
    pattern: /^gateway\.networking\.k8s\.io\/v1beta1\/(GatewayClass|Gateway|HTTPRoute)$/,
    instead: 'gateway.networking.k8s.io/v1',
    source: GATEWAY,
  },
  {
    pattern: /^policy\.linkerd\.io\/v1(alpha1|beta[12])\/(Server|ServerAuthorization)$/,
    instead: 'Server v1beta3, AuthorizationPolicy v1alpha1',
    source: 'https://linkerd.io/2-edge/reference/authorization-policy/',
  },
  {
    pattern: /^templates\.gatekeeper\.sh\/v1(alpha1|beta1)\//,
    instead: 'templates.gatekeeper.sh/v1',
    source: 'https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates/',
  },
];
