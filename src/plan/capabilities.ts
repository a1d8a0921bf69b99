import type { Component } from '../types/catalog.ts';

/** What a component enforces beside the others that are chosen: what another's capability rules out is left out. */
export function enforcedBy(component: Component, chosen: Component[]): string[] {
  const always = new Set(
    chosen.flatMap(({ enforces }) => enforces.filter((one) => !one.unless).map((one) => one.capability)),
  );
  return component.enforces
    .filter(({ unless }) => unless === undefined || !always.has(unless))
    .map(({ capability }) => capability);
}

/** What the chosen components enforce together, sorted. */
export const capabilitiesOf = (chosen: Component[]): string[] =>
  [...new Set(chosen.flatMap((one) => enforcedBy(one, chosen)))].sort();
