import { UserError } from '../error.ts';
import { kebab } from '../kebab.ts';
import type { Catalog, Component } from '../types/catalog.ts';
import type { SealSpec } from '../types/secrets-backend.ts';
import type { Plan } from '../types/plan.ts';

/** How the chosen secrets backend encrypts. Throws a usage error where it keeps values in a store of its own. */
export function sealSpec(plan: Plan, catalog: Catalog): SealSpec {
  const chosen = chosenBackend(plan, catalog);
  if (chosen.seal) return chosen.seal;
  const flag = kebab(chosen.refer!.needs);
  const lines = plan.secrets.map(
    ({ namespace, name, keys, command }) =>
      `  # ${namespace}/${name}, a JSON object with ${keys.join(', ')}\n  ${command}`,
  );
  const address = plan.inputs[chosen.refer!.needs] ? '' : ` Say where it is with --${flag} when you render.`;
  throw new UserError(
    `${chosen.label} keeps values in a store, not in the repository: nothing is sealed.${address} Put each Secret into the store, from standard input:\n${lines.join('\n') || '  (no secret is declared)'}`,
    2,
  );
}

/** The secrets backend: the component that says how values are sealed, or where they are kept. */
export const chosenBackend = (plan: Plan, catalog: Catalog): Component =>
  catalog.slots
    .flatMap((slot) => slot.components.filter((one) => one.name === plan.choices[slot.name]))
    .find((one) => one.seal ?? one.refer)!;
