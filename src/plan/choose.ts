import { UserError } from '../error.ts';
import { kebab } from '../kebab.ts';
import type { Catalog, Component, InputValue } from '../types/catalog.ts';

/** What was chosen: components in the order of their slots, the base first, and the values of their inputs. */
export interface Chosen {
  components: Component[];
  choices: Record<string, string>;
  inputs: Record<string, InputValue | null>;
}

/**
 * Resolves choices to components, slots decided by another slot's component included.
 * Throws a usage error for an input that no chosen component reads and for a refused combination.
 */
export function choose(
  wanted: { choices: Record<string, string>; inputs: Record<string, unknown> },
  catalog: Catalog,
): Chosen {
  const choices = decide(wanted.choices, catalog);
  const chosen = catalog.slots.map((slot) =>
    slot.components.find((item) => item.name === choices[slot.name])!,
  );
  const problems = [
    ...strayInputs(wanted.inputs, choices, catalog),
    ...lonelyInputs(wanted.inputs, catalog),
    ...refused(choices, catalog),
  ];
  if (problems.length) throw new UserError(problems.join('\n'), 2);
  const inputs = catalog.inputs.filter((input) => !input.of || choices[input.of.slot] === input.of.component);
  return {
    components: [catalog.base, ...chosen],
    choices,
    inputs: Object.fromEntries(
      inputs.map((input) => [input.name, (wanted.inputs[input.name] ?? null) as InputValue | null]),
    ),
  };
}

/** Why an option cannot be chosen beside the choices made so far, or nothing. */
export function refusal(
  choices: Record<string, string>,
  catalog: Catalog,
): Catalog['refusals'][number] | undefined {
  return catalog.refusals.find(
    ({ when, unless = {} }) =>
      Object.entries(when).every(([slot, name]) => choices[slot] === name) &&
      // What is not chosen yet may still be the way out.
      Object.entries(unless).every(([slot, name]) => ![undefined, name].includes(choices[slot])),
  );
}

function decide(choices: Record<string, string>, catalog: Catalog): Record<string, string> {
  const decided = catalog.slots
    .filter((slot) => slot.decidedBy)
    .map((slot) => {
      const by = catalog.slots.find((other) => other.name === slot.decidedBy);
      const component = by?.components.find((item) => item.name === choices[by.name]);
      return [slot.name, component?.decides[slot.name] ?? slot.default];
    });
  return { ...choices, ...Object.fromEntries(decided) };
}

function refused(choices: Record<string, string>, catalog: Catalog): string[] {
  const found = refusal(choices, catalog);
  if (!found) return [];
  const pair = Object.keys({ ...found.when, ...found.unless })
    .map((slot) => `${slot} ${choices[slot]}`)
    .join(' with ');
  return [`${pair}: ${found.reason} ${found.instead}`];
}

function strayInputs(
  inputs: Record<string, unknown>,
  choices: Record<string, string>,
  catalog: Catalog,
): string[] {
  return catalog.inputs
    .filter(
      ({ name, of, default: value }) =>
        of && choices[of.slot] !== of.component && inputs[name] !== undefined && inputs[name] !== value,
    )
    .map(
      ({ name, of }) =>
        `inputs.${name}: is read with ${of!.slot} ${of!.component} only, but ${of!.slot} is ${choices[of!.slot]}. Leave it out or choose ${of!.component}.`,
    );
}

/** Inputs that are given without another that they need. */
function lonelyInputs(inputs: Record<string, unknown>, catalog: Catalog): string[] {
  const isGiven = (name: string) => {
    const value = inputs[name];
    const input = catalog.inputs.find((one) => one.name === name);
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(input?.default);
  };
  return catalog.inputs
    .filter(({ name }) => isGiven(name))
    .flatMap(({ name, needs = [] }) =>
      needs
        .filter((other) => !isGiven(other))
        .map(
          (other) =>
            `inputs.${name}: means nothing without inputs.${other} (--${kebab(other)}). Give both or none.`,
        ),
    );
}
