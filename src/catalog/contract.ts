import type { Component, Input, Slot } from '../types/catalog.ts';

/** What `component.yaml` says. */
export type ComponentManifest = Omit<Component, 'slot' | 'name' | 'templates' | 'parts'>;
/** What `slot.yaml` says. */
export type SlotManifest = Omit<Slot, 'name' | 'components'> & { parts: string[] };

/** Inputs of the base and of all components, in prompt order. */
export function allInputs(base: Component, slots: Slot[]): Input[] {
  const own = slots.flatMap((one) =>
    one.components.flatMap((item) =>
      item.inputs.map((field) => ({ ...field, of: { slot: one.name, component: item.name } })),
    ),
  );
  return [...base.inputs, ...own].sort((a, b) => a.order - b.order);
}

/** Refuses a component that lacks a name its slot promises. */
export function checkContract(manifest: SlotManifest, item: Component): void {
  const missing = [
    ...manifest.provides.filter((key) => !(key in item.provides)).map((key) => `provides.${key}`),
    ...manifest.groups.filter((key) => !(key in item.groups)).map((key) => `groups.${key}`),
    ...manifest.parts.filter((key) => !(key in item.parts)).map((key) => `parts/${key}`),
    ...item.releases
      .map((release) => `values/${release.name}`)
      .filter((key) => !(key in item.parts))
      .map((key) => `parts/${key}`),
  ];
  const given = manifest.oneOf.filter((key) => item[key as keyof Component] !== undefined);
  if (manifest.oneOf.length && given.length !== 1) missing.push(`one of ${manifest.oneOf.join(', ')}`);
  if (missing.length)
    throw new Error(`templates/${item.slot}/${item.name}: the slot asks for ${missing.join(', ')}`);
}
