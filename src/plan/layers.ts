import type { Catalog, Component, LayerSpec } from '../types/catalog.ts';
import { interpolate } from './interpolate.ts';
import type { LayerPlan } from '../types/plan.ts';

/**
 * The layers that hold at least one file, in an order in which each comes after what it waits for.
 * A layer that is left out passes its own dependencies on. Throws on a cycle and on a name that no component has.
 */
export function planLayers(
  components: Component[],
  catalog: Catalog,
  paths: string[],
  secretPaths: string[],
): LayerPlan[] {
  const specs = components.flatMap((component) =>
    component.layers.map((spec) => ({
      ...spec,
      ...(spec.source && { source: interpolate(spec.source, component.versions) }),
    })),
  );
  checkNames(specs, catalog);
  const brought = components.flatMap((one) => one.brought);
  const present = specs
    .filter((spec) => !brought.includes(spec.name))
    .filter((spec) => spec.source || paths.some((path) => path.startsWith(`${spec.path}/`)));
  const plans = present.map((spec) => layer(spec, dependencies(spec, specs, present), secretPaths));
  return sort(plans);
}

function layer(spec: LayerSpec, after: string[], secretPaths: string[]): LayerPlan {
  const { source } = spec;
  return {
    name: spec.name,
    path: spec.path,
    after,
    source: source ?? null,
    prune: spec.prune ?? true,
    wait: spec.wait ?? true,
    narrow: spec.narrow ?? false,
    ready: spec.ready ?? [],
    why: spec.why,
    hasSecrets: secretPaths.some((path) => path.startsWith(`${spec.path}/`)),
  };
}

function dependencies(spec: LayerSpec, all: LayerSpec[], present: LayerSpec[]): string[] {
  const found = spec.after.flatMap((name) => {
    if (present.some((one) => one.name === name)) return [name];
    const absent = all.find((one) => one.name === name);
    return absent ? dependencies(absent, all, present) : [];
  });
  return [...new Set(found)].sort();
}

function checkNames(specs: LayerSpec[], catalog: Catalog): void {
  const every = [catalog.base, ...catalog.slots.flatMap((slot) => slot.components)].flatMap((one) =>
    one.layers.map((item) => item.name),
  );
  const known = new Set(every);
  for (const spec of specs) {
    const unknown = spec.after.filter((name) => !known.has(name));
    if (unknown.length)
      throw new Error(`layer ${spec.name} waits for ${unknown.join(', ')}, which no component has`);
  }
}

function sort(layers: LayerPlan[]): LayerPlan[] {
  const done: LayerPlan[] = [];
  const waiting = [...layers];
  while (waiting.length) {
    const index = waiting.findIndex((one) =>
      one.after.every((name) => done.some((other) => other.name === name)),
    );
    if (index < 0)
      throw new Error(`layers wait for each other: ${waiting.map((one) => one.name).join(', ')}`);
    done.push(...waiting.splice(index, 1));
  }
  return done;
}
