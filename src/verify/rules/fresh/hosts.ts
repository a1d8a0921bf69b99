/** A host that once had charts or images, and where they are now. */
export interface Host {
  host: string;
  instead: string;
  reason: string;
}

/** These answer no longer, or with nothing new and soon no longer. */
export const DEAD: Host[] = [
  {
    host: 'istio-release.storage.googleapis.com',
    instead: 'oci://ghcr.io/istio/release/charts',
    reason: 'deleted in December 2026: https://istio.io/latest/blog/2026/retirement-of-gcp/',
  },
  {
    host: 'gcr.io/istio-release',
    instead: 'docker.io/istio',
    reason: 'deleted in December 2026: https://istio.io/latest/blog/2026/retirement-of-gcp/',
  },
  {
    host: 'bitnami-labs.github.io',
    instead: 'https://bitnami.github.io/sealed-secrets',
    reason: 'moved in June 2026: https://github.com/bitnami/sealed-secrets/issues/1982',
  },
  {
    host: 'k8s.gcr.io',
    instead: 'registry.k8s.io',
    reason: 'frozen since April 2023: https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/',
  },
  {
    host: 'gcr.io/google-containers',
    instead: 'registry.k8s.io',
    reason: 'frozen since April 2023: https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/',
  },
  {
    host: 'kubernetes-charts.storage.googleapis.com',
    instead: "the chart's own repository",
    reason: 'ended in November 2020: https://helm.sh/blog/charts-repo-deprecation/',
  },
  {
    host: 'charts.helm.sh/stable',
    instead: "the chart's own repository",
    reason: 'an archive since November 2020: https://helm.sh/blog/charts-repo-deprecation/',
  },
  {
    host: 'helm.linkerd.io/stable',
    instead: 'https://helm.linkerd.io/edge',
    reason: 'no new stable builds: https://linkerd.io/releases/',
  },
  {
    host: 'kubernetes.github.io/ingress-nginx',
    instead: 'a Gateway API implementation',
    reason: 'archived in March 2026: https://github.com/kubernetes/ingress-nginx',
  },
];

/** These still answer, later than the source itself. */
export const LEGACY: Host[] = [
  {
    host: 'charts.jetstack.io',
    instead: 'oci://quay.io/jetstack/charts',
    reason: 'a mirror that is updated later: https://cert-manager.io/docs/installation/helm/',
  },
  {
    host: 'docker.io/bitnamilegacy',
    instead: 'an image that is kept up',
    reason: 'gets no fixes: https://github.com/bitnami/containers/issues/83267',
  },
];
