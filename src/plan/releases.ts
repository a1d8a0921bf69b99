import type { Component } from '../types/catalog.ts';
import type { ReleasePlan } from '../types/plan.ts';
import { interpolate } from './interpolate.ts';

/** The charts that the chosen components install; `{name}` in a version is one of the component's versions. */
export function planReleases(components: Component[]): ReleasePlan[] {
  const layers = new Map(
    components.flatMap((component) => component.layers.map((layer) => [layer.name, layer.path])),
  );
  return components.flatMap((component) =>
    component.releases.map((release) => {
      const path = layers.get(release.layer);
      if (!path)
        throw new Error(
          `release ${release.name} names the layer ${release.layer}, which no chosen component has`,
        );
      return {
        ...release,
        file: `${path}/${release.name}`,
        version: interpolate(release.version, component.versions),
        oci: release.repository.startsWith('oci://'),
        after: release.after ?? [],
        verify: release.verify ?? null,
        driftIgnore: release.driftIgnore ?? [],
      };
    }),
  );
}
