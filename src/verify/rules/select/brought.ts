/** Something that no file of a repository holds, and who makes it. */
export interface Brought {
  /** Of `Kind/name` or `Kind/namespace/name`. */
  id: RegExp;
  /** The chart without whose release nobody makes it. */
  chart?: string;
  reason: string;
}

/** What the cluster itself, the GitOps engine's installation or a controller makes. */
export const BROUGHT: Brought[] = [
  {
    id: /^Namespace\/(default|kube-system|kube-public|kube-node-lease)$/,
    reason:
      'every cluster starts with them: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces',
  },
  {
    id: /^ClusterRole\/(view|edit|admin|cluster-admin|system:[\w:-]+)$/,
    reason:
      'default roles: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings',
  },
  {
    id: /^ConfigMap\/[^/]+\/kube-root-ca\.crt$/,
    reason:
      'published to every namespace: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
  },
  {
    id: /^ServiceAccount\/[^/]+\/default$/,
    reason: 'made with every namespace; that pods share it is a finding of its own',
  },
  {
    id: /^GatewayClass\/istio(-remote|-waypoint)?$/,
    chart: 'istiod',
    reason:
      'istiod makes the classes that it serves: https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/',
  },
  {
    id: /^GatewayClass\/cilium$/,
    chart: 'cilium',
    reason:
      'the operator makes it: https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/',
  },
  {
    id: /^GatewayClass\/gke-l7-[\w-]+$/,
    reason: 'GKE serves them: https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api',
  },
  {
    id: /^(Namespace\/flux-system|(GitRepository|Kustomization|Secret)\/flux-system\/flux-system|ServiceAccount\/flux-system\/(kustomize|helm|source|notification|image-automation|image-reflector)-controller)$/,
    reason: 'flux bootstrap makes them: https://fluxcd.io/flux/installation/bootstrap/',
  },
];
