import { makeBlueprint } from '../src/blueprint/blueprint.ts';
import { loadCatalog } from '../src/catalog/catalog.ts';
import { makePlan } from '../src/plan/plan.ts';
import { render } from '../src/render/render.ts';
import { RULE_AREAS } from '../src/verify/rules/all.ts';
import type { Files } from '../src/types/files.ts';
import type { Plan } from '../src/types/plan.ts';

export const catalog = loadCatalog();

/** The inputs that the choices read; those of other options would be refused. */
export const inputsOf = <T>(choices: Record<string, unknown>, inputs: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(inputs).filter(([name]) => {
      const of = catalog.inputs.find((input) => input.name === name)?.of;
      return !of || choices[of.slot] === of.component;
    }),
  );

/** Plan and files of a Blueprint in the form of `zero-trust.yaml`, in memory. */
export function generate(wanted: unknown, sealed: Iterable<string> = []): { plan: Plan; files: Files } {
  const plan = makePlan(makeBlueprint(wanted, catalog), catalog, new Set(sealed));
  return { plan, files: render(plan, RULE_AREAS) };
}
