/** The module that the build makes of `templates/`. */
declare module '*/catalog.mjs' {
  import type { CompiledComponent, CompiledSlot } from '../catalog/catalog.ts';
  import type { Catalog } from './catalog.ts';
  export const base: CompiledComponent;
  export const slots: CompiledSlot[];
  export const refusals: Catalog['refusals'];
  export const sample: unknown;
}
