import { isFolderOf } from '../../gitops/paths.ts';
import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, text } from '../../selectors.ts';
import { hasSource } from './sources.ts';

/** https://fluxcd.io/flux/components/helm/helmreleases/#chart-reference */
export const missingChart: Rule = {
  id: 'reach/missing-chart',
  area: 'reach',
  severity: 'error',
  title: 'The chart of a release has no source',
  why: 'The controller that the chart installs never runs.',
  fix: 'Correct chartRef or sourceRef, or restore the source beside the release.',
  *check(model) {
    for (const release of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease')) {
      const path = dig(release.body, 'spec', 'chartRef')
        ? ['spec', 'chartRef']
        : ['spec', 'chart', 'spec', 'sourceRef'];
      const message = problemOf(model, release, dig(release.body, ...path));
      if (message) yield hit(release, path, `${nameOf(release)} ${message}`);
    }
  },
};

function problemOf(model: Model, release: KubernetesObject, reference: unknown): string | undefined {
  const kind = text(dig(reference, 'kind'));
  const name = text(dig(reference, 'name'));
  const namespace = text(dig(reference, 'namespace')) || release.namespace;
  if (!name) return 'names no chart';
  if (!hasSource(model, kind, namespace, name))
    return `takes its chart from ${nameOf({ kind, namespace, name })}, which does not exist`;
  const chart = text(dig(release.body, 'spec', 'chart', 'spec', 'chart'));
  const isOwn = kind === 'GitRepository' && name === 'flux-system';
  return isOwn && !isFolderOf(model.files, chart) ? `installs ${chart}, which is no folder` : undefined;
}
