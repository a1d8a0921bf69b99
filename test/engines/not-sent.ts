import type { Document } from './repositories.ts';
import { hasFamily } from './upstream.ts';

/** What is not sent to the API server, and who reads it instead. Nothing else may be left out. */
const NOT_SENT: { reason: string; is: (path: string, object: Document['object']) => boolean }[] = [
  {
    reason: 'kustomize reads it: kustomize.engine.ts',
    is: (_, { apiVersion }) => String(apiVersion).startsWith('kustomize.config.k8s.io/'),
  },
  {
    reason: 'kube-apiserver is started with it: audit.engine.ts',
    is: (path) => path.startsWith('bootstrap/audit/'),
  },
  {
    reason: 'kubeadm and kind read it; neither runs here',
    is: (_, { apiVersion }) =>
      /^(kubeadm|kubelet)\.k(8s|ubernetes)\.|^kubelet\.config|^kind\.x-k8s\.io\//.test(apiVersion),
  },
  {
    reason: 'helm reads it, by hand before GitOps: charts.engine.ts',
    is: (path, object) => path.startsWith('bootstrap/') && !('kind' in object),
  },
  {
    reason: 'GKE brings the kind; sent where the upstream data has it (npm run upstream)',
    is: (_, { apiVersion }) => apiVersion === 'networking.gke.io/v1' && !hasFamily('gke-gateway-api'),
  },
  {
    reason: 'kyverno test reads it: policies.engine.ts',
    is: (_, { apiVersion }) => apiVersion === 'cli.kyverno.io/v1alpha1',
  },
  {
    reason: 'suites and samples, refused on purpose: policies.engine.ts, gatekeeper.engine.ts',
    is: (path) => /^tests?\/|\/\.?tests?\//.test(path),
  },
  { reason: 'actionlint reads it: files.engine.ts', is: (path) => path.startsWith('.github/') },
  { reason: 'pre-commit, sops, prettier and renovate read it', is: (path) => /^\.[^/]+$/.test(path) },
  {
    reason: 'the Blueprint, read back by create-zero-trust itself',
    is: (path) => path === 'zero-trust.yaml',
  },
];

export const notSent = ({ path, object }: Document): string | undefined =>
  NOT_SENT.find(({ is }) => is(path, object))?.reason;
