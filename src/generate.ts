import { makeBlueprint } from './blueprint/blueprint.ts';
import { blueprintText } from './blueprint/save.ts';
import { makePlan } from './plan/plan.ts';
import { render } from './render/render.ts';
import { formatLedger, LEDGER_PATH } from './repo/ledger.ts';
import { sha256 } from './repo/sha256.ts';
import type { Catalog } from './types/catalog.ts';
import type { Files } from './types/files.ts';
import type { Plan } from './types/plan.ts';
import { RULE_AREAS } from './verify/rules/all.ts';
import { version } from './version.ts';

export const BLUEPRINT_PATH = 'zero-trust.yaml';

/** A repository in memory. */
export interface Generated {
  plan: Plan;
  /** Every file but the ledger, and without ciphertext. */
  files: Files;
}

/**
 * From the Blueprint's form to a repository in memory.
 *
 * @param wanted the parsed `zero-trust.yaml`, or answers in its form
 * @param sealed `namespace/name` of the Secrets whose ciphertext is, or will be, in the repository
 * @param source the text that `wanted` was read from, whose comments are kept
 * @throws UserError with every problem of the input
 */
export function generate(
  wanted: Record<string, unknown>,
  catalog: Catalog,
  sealed: ReadonlySet<string>,
  source?: string,
): Generated {
  const blueprint = makeBlueprint(wanted, catalog);
  const plan = makePlan(blueprint, catalog, sealed);
  const files = render(plan, RULE_AREAS);
  const complete = { services: structuredClone(catalog.sample), ...wanted };
  files.set(
    BLUEPRINT_PATH,
    blueprintText(complete, { name: plan.name, choices: blueprint.choices, inputs: plan.inputs }, source),
  );
  return { plan, files };
}

/** Adds the ledger, in which later versions look up what was rendered and what was changed by hand since. */
export function withLedger({ plan, files }: Generated, kept: Map<string, string>): Files {
  const owners = new Map(plan.files.map((file) => [file.path, file.component]));
  // What is written once is the user's from then on.
  const once = new Set(plan.files.filter((file) => file.once).map((file) => file.path));
  const rendered = [...files].filter(([path]) => !once.has(path));
  const entries = rendered.map(
    ([path, text]) =>
      [
        path,
        {
          sha256: sha256(text),
          component: owners.get(path) ?? (path === BLUEPRINT_PATH ? 'blueprint' : 'sealed'),
        },
      ] as const,
  );
  const sealed = [...kept].map(([path, hash]) => [path, { sha256: hash, component: 'sealed' }] as const);
  return new Map([
    ...files,
    [LEDGER_PATH, formatLedger({ tool: version, files: new Map([...sealed, ...entries]) })],
  ]);
}
