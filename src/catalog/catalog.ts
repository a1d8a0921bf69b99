import Handlebars from 'handlebars/runtime.js';
import { base, refusals, sample, slots } from '../../build/catalog.mjs';
import type { Catalog, Component, Render, Slot, Template } from '../types/catalog.ts';
import { allInputs, checkContract, type ComponentManifest, type SlotManifest } from './contract.ts';

/** A component as the build leaves it: verbatim files are strings, templates are precompiled. */
export interface CompiledComponent {
  name: string;
  manifest: ComponentManifest;
  templates: Record<string, string | TemplateSpecification>;
  parts: Record<string, string | TemplateSpecification>;
}
export interface CompiledSlot {
  name: string;
  manifest: SlotManifest;
  components: CompiledComponent[];
}

/** Everything that can be chosen, from the module that the build made of `templates/`. */
export function loadCatalog(): Catalog {
  const loaded = slots.map(loadSlot).sort((a, b) => a.order - b.order);
  const common = loadComponent('base', base);
  return { slots: loaded, base: common, inputs: allInputs(common, loaded), refusals, sample };
}

function loadSlot(slot: CompiledSlot): Slot {
  const components = slot.components.map((item) => loadComponent(slot.name, item));
  for (const item of components) checkContract(slot.manifest, item);
  return { ...slot.manifest, name: slot.name, components };
}

function loadComponent(slot: string, item: CompiledComponent): Component {
  const templates = Object.entries(item.templates).map(([path, spec]) =>
    template(path, spec, item.manifest.once),
  );
  const parts = Object.fromEntries(
    Object.entries(item.parts).map(([path, spec]) => [path.replace(/\.\w+$/, ''), renderer(spec)]),
  );
  return { ...item.manifest, slot, name: item.name, templates, parts };
}

/** A `(slot=component)` or `(given=input)` segment is a condition and no part of the output's path. */
function template(path: string, spec: string | TemplateSpecification, onceOnly: string[]): Template {
  const condition = /\((\w+)=([\w-]+)\)\//.exec(path);
  const render = renderer(spec);
  const once = onceOnly.includes(path);
  if (!condition) return { path, once, render };
  const [segment, slot, name] = condition as unknown as [string, string, string];
  const rest = { path: path.replace(segment, ''), once, render };
  return slot === 'given' ? { ...rest, given: name } : { ...rest, when: { slot, component: name } };
}

function renderer(spec: string | TemplateSpecification): Render {
  if (typeof spec === 'string') return () => spec;
  let compiled: HandlebarsTemplateDelegate | undefined;
  return (data) => (compiled ??= Handlebars.template(spec))(data);
}
