import type { Model } from '../../model.ts';
import { ENTRY } from '../../gitops/flux.ts';
import { ofKind } from '../../selectors.ts';

const SOURCES = [
  'GitRepository',
  'OCIRepository',
  'Bucket',
  'HelmRepository',
  'HelmChart',
  'ExternalArtifact',
];

/** Whether a source exists: in the repository, or as the one that `flux bootstrap` makes. */
export function hasSource(model: Model, kind: string, namespace: string, name: string): boolean {
  if (kind === 'GitRepository' && namespace === ENTRY && name === ENTRY) return true;
  if (!SOURCES.includes(kind)) return false;
  return ofKind(model, `source.toolkit.fluxcd.io/${kind}`).some(
    (one) => one.name === name && one.namespace === namespace,
  );
}
