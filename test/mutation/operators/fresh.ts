import { edits, isList, put, remove, type Operators } from '../mutant.ts';

/** Versions that the API server no longer serves. Source: Kubernetes "Deprecated API Migration Guide", and each project's own. */
const REMOVED: Record<string, string[]> = {
  'apps/v1': ['apps/v1beta1', 'apps/v1beta2'],
  'batch/v1': ['batch/v1beta1'],
  'policy/v1': ['policy/v1beta1'],
  'networking.k8s.io/v1': ['extensions/v1beta1'],
  'rbac.authorization.k8s.io/v1': ['rbac.authorization.k8s.io/v1beta1'],
  'gateway.networking.k8s.io/v1': ['gateway.networking.k8s.io/v1alpha2'],
  'cert-manager.io/v1': ['cert-manager.io/v1alpha2'],
  'kustomize.toolkit.fluxcd.io/v1': ['kustomize.toolkit.fluxcd.io/v1beta1'],
  'source.toolkit.fluxcd.io/v1': ['source.toolkit.fluxcd.io/v1beta1'],
  'helm.toolkit.fluxcd.io/v2': ['helm.toolkit.fluxcd.io/v2beta1'],
};

/** Versions that are gone, untested, or nobody's. */
export const FRESH: Operators = {
  'fresh/removed-version': edits(null, (object) =>
    isList(object) ? [] : (REMOVED[object.apiVersion] ?? []).map((version) => put(['apiVersion'], version)),
  ),
  'fresh/no-such-version': edits(null, (object) => [
    put(['apiVersion'], object.apiVersion.replace(/[^/]+$/, 'v9')),
  ]),
  'fresh/chart-version': edits(/HelmRelease/, ({ spec }) =>
    spec.chart
      ? [
          put(['spec', 'chart', 'spec', 'version'], '*'),
          remove(['spec', 'chart', 'spec', 'version']),
          put(['spec', 'chart', 'spec', 'version'], '0.0.1'),
          put(['spec', 'chart', 'spec', 'version'], '99.0.0'),
        ]
      : [],
  ),
  'fresh/source-version': edits(/OCIRepository|GitRepository/, ({ spec }) =>
    spec.ref?.tag
      ? [
          put(['spec', 'ref'], spec.url.startsWith('oci:') ? { tag: 'latest' } : { branch: 'main' }),
          put(['spec', 'ref', 'tag'], 'v99.0.0'),
          remove(['spec', 'ref']),
        ]
      : [],
  ),
  'fresh/source-url': edits(/OCIRepository|GitRepository|HelmRepository/, ({ spec }) => [
    !/flux-system/.test(spec.url) &&
      put(['spec', 'url'], spec.url.replace(/\/\/[^/]+/, '//attacker.example')),
  ]),
};
