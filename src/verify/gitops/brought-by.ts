/** A Helm chart that brings kinds: by its templates, or by its folder `crds/`, which `install.crds: Skip` leaves out. */
export interface ChartBringer {
  chart: string;
  folder?: true;
  /** Values of which one must be true; `standard` is what they are when a release says nothing. */
  values?: string[];
  standard?: boolean;
}

export interface Bringer {
  /** API groups whose kinds it brings. */
  groups: RegExp;
  charts: ChartBringer[];
  /** Repositories from which kinds are applied as they are. */
  sources: RegExp[];
  /** A group that a platform brings together with these: where it is used, these are there. */
  beside?: RegExp;
  /** Why the kinds may be in the cluster although nothing of the repository brings them. */
  outside?: string;
  /** The slot whose choice must say so: its `apiGroups`. */
  slot?: string;
}

/** Who brings which kinds; each entry names the page or file that says so. */
export const BRINGERS: Bringer[] = [
  {
    // https://gateway-api.sigs.k8s.io/guides/#installing-gateway-api
    groups: /^gateway\.networking(\.x)?\.k8s\.io$/,
    charts: [
      { chart: 'gateway-helm', folder: true },
      { chart: 'gateway-crds-helm', values: ['crds.gatewayAPI.enabled'], standard: false },
    ],
    sources: [/\/kubernetes-sigs\/gateway-api(\.git)?$/],
    // https://cloud.google.com/kubernetes-engine/docs/how-to/deploying-gateways#enable-gateway
    beside: /^networking\.gke\.io$/,
  },
  {
    // https://artifacthub.io/packages/helm/cert-manager/cert-manager (crds.enabled, installCRDs)
    groups: /^(acme\.)?cert-manager\.io$/,
    charts: [{ chart: 'cert-manager', values: ['crds.enabled', 'installCRDs'], standard: false }],
    sources: [/\/cert-manager\/cert-manager(\.git)?$/],
  },
  {
    // https://cert-manager.io/docs/trust/trust-manager/api-reference/ and the chart's crds.enabled
    groups: /^trust\.cert-manager\.io$/,
    charts: [{ chart: 'trust-manager', values: ['crds.enabled'], standard: true }],
    sources: [/\/cert-manager\/trust-manager(\.git)?$/],
  },
  {
    // https://istio.io/latest/docs/setup/install/helm/ (the chart base holds the kinds)
    groups: /^(networking|security|telemetry|extensions)\.istio\.io$/,
    charts: [{ chart: 'base', values: ['base.enableCRDTemplates'], standard: true }],
    sources: [/\/istio\/istio(\.git)?$/],
  },
  {
    // https://kyverno.io/docs/installation/methods/ and the chart's crds.install
    groups: /^((policies|reports|cleanup)\.)?kyverno\.io$|^wgpolicyk8s\.io$|^openreports\.io$/,
    charts: [{ chart: 'kyverno', values: ['crds.install'], standard: true }, { chart: 'kyverno-crds' }],
    sources: [/\/kyverno\/kyverno(\.git)?$/],
  },
  {
    // https://github.com/open-policy-agent/gatekeeper/tree/master/charts/gatekeeper (crds/)
    groups: /(^|\.)gatekeeper\.sh$/,
    charts: [{ chart: 'gatekeeper', folder: true }],
    sources: [/\/open-policy-agent\/gatekeeper(\.git)?$/],
  },
  {
    // https://github.com/bitnami-labs/sealed-secrets/tree/main/helm/sealed-secrets (crds/)
    groups: /^bitnami\.com$/,
    charts: [{ chart: 'sealed-secrets', folder: true }],
    sources: [/\/bitnami-labs\/sealed-secrets(\.git)?$/],
  },
  {
    // https://external-secrets.io/latest/introduction/getting-started/ (installCRDs)
    groups: /^(generators\.)?external-secrets\.io$/,
    charts: [{ chart: 'external-secrets', values: ['installCRDs'], standard: true }],
    sources: [/\/external-secrets\/external-secrets(\.git)?$/],
  },
  {
    // https://gateway.envoyproxy.io/docs/install/install-helm/ (crds/ of a subchart)
    groups: /^gateway\.envoyproxy\.io$/,
    charts: [
      { chart: 'gateway-helm', folder: true },
      { chart: 'gateway-crds-helm', values: ['crds.envoyGateway.enabled'], standard: false },
    ],
    sources: [/\/envoyproxy\/gateway(\.git)?$/],
  },
  {
    // https://linkerd.io/2/tasks/install-helm/ (the chart linkerd-crds)
    groups: /^((policy|workload|multicluster)\.)?linkerd\.io$/,
    charts: [{ chart: 'linkerd-crds' }],
    sources: [/\/linkerd\/linkerd2(\.git)?$/],
  },
  {
    // https://docs.cilium.io/en/stable/internals/cilium_operator/#crd-registration
    groups: /^cilium\.io$/,
    charts: [{ chart: 'cilium' }],
    sources: [/\/cilium\/cilium(\.git)?$/],
    outside: 'its operator registers them when the cluster gets its network, before GitOps can run',
    slot: 'network',
  },
  {
    // https://github.com/aquasecurity/trivy-operator/tree/main/deploy/helm (crds/)
    groups: /^aquasecurity\.github\.io$/,
    charts: [{ chart: 'trivy-operator', folder: true }],
    sources: [/\/aquasecurity\/trivy-operator(\.git)?$/],
  },
  {
    // https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack (crds/ of a subchart)
    groups: /^monitoring\.coreos\.com$/,
    charts: [{ chart: 'kube-prometheus-stack', folder: true }, { chart: 'prometheus-operator-crds' }],
    sources: [/\/prometheus-operator\/(prometheus-operator|kube-prometheus)(\.git)?$/],
  },
  {
    // https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources
    groups: /^networking\.gke\.io$/,
    charts: [],
    sources: [],
    outside: 'GKE brings them with its Gateway controller',
  },
  {
    // https://fluxcd.io/flux/installation/bootstrap/
    groups: /\.toolkit\.fluxcd\.io$/,
    charts: [],
    sources: [],
    outside: 'flux bootstrap brings them',
  },
  {
    // https://argo-cd.readthedocs.io/en/stable/operator-manual/installation/
    groups: /^argoproj\.io$/,
    charts: [{ chart: 'argo-cd' }],
    sources: [/\/argoproj\/argo-cd(\.git)?$/],
    outside: 'the installation of Argo CD brings them',
  },
];

/** Groups that the API server itself serves. https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#api-groups */
const BUILT_IN = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** Whether every cluster knows a group. Groups without a dot are Kubernetes' own. */
export const isBuiltIn = (group: string): boolean => !group.includes('.') || BUILT_IN.has(group);

/** Kinds that a controller reads when it starts, and without which it stops or does less for good. */
export const READS: { chart: string; groups: string[]; when?: string[] }[] = [
  // https://cert-manager.io/docs/usage/gateway/ (the kinds must be there before cert-manager starts)
  {
    chart: 'cert-manager',
    groups: ['gateway.networking.k8s.io'],
    when: ['config.gatewayAPI.enabled', 'config.enableGatewayAPI'],
  },
  // https://gateway.envoyproxy.io/docs/install/install-helm/
  { chart: 'gateway-helm', groups: ['gateway.networking.k8s.io', 'gateway.envoyproxy.io'] },
  // https://istio.io/latest/docs/setup/install/helm/ (base first) and https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/
  { chart: 'istiod', groups: ['networking.istio.io', 'gateway.networking.k8s.io'] },
  // https://kyverno.io/docs/installation/methods/
  { chart: 'kyverno', groups: ['kyverno.io', 'policies.kyverno.io'] },
];

/** Charts of ours that bring no kinds. */
const WITHOUT_KINDS = new Set([
  'istiod',
  'cni',
  'ztunnel',
  'gateway',
  'falco',
  'falcosidekick',
  'linkerd-control-plane',
]);

/** Whether it is known what a chart brings. */
export const isKnownChart = (chart: string): boolean =>
  WITHOUT_KINDS.has(chart) || BRINGERS.some((one) => one.charts.some((other) => other.chart === chart));

/** Whether it is known what a repository brings. */
export const isKnownSource = (url: string): boolean =>
  BRINGERS.some((one) => one.sources.some((pattern) => pattern.test(url)));
