import type { Model } from '../../model.ts';
import { dig, ofKind, text } from '../../selectors.ts';

/**
 * The namespace whose policies hold for the whole mesh: that of istiod, unless its configuration says another.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-root_namespace
 */
export function meshRoot(model: Model): string {
  const releases = ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease');
  const values = releases.map((one) => text(dig(one.body, 'spec', 'values', 'meshConfig', 'rootNamespace')));
  const istiod = model.declared.releases.find((one) => one.chart === 'istiod');
  return values.find(Boolean) ?? istiod?.namespace ?? 'istio-system';
}
