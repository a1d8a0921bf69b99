import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { make } from 'covertable';
import { parse } from 'yaml';
import { refusal } from '../../src/plan/choose.ts';
import { UserError } from '../../src/error.ts';
import type { Files } from '../../src/types/files.ts';
import type { Plan } from '../../src/types/plan.ts';
import { catalog, generate, inputsOf } from '../support.ts';
import type { Dict, KubeObject } from './cluster.ts';

export interface Repository {
  name: string;
  plan: Plan;
  files: Files;
}

const SCENARIOS = join(import.meta.dirname, '../scenarios');

export function blueprints(): Map<string, Dict> {
  const files = readdirSync(SCENARIOS).map(
    (name) => [name, join(SCENARIOS, name, 'blueprint.yaml')] as const,
  );
  return new Map(
    files
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, parse(readFileSync(file, 'utf8')) as Dict]),
  );
}

export const repository = (name: string, blueprint: Dict): Repository => ({ name, ...generate(blueprint) });

export const scenario = (name: string): Repository => repository(name, blueprints().get(name)!);

export const scenarios = (): Repository[] =>
  [...blueprints()].map(([name, blueprint]) => repository(name, blueprint));

/** Inputs that change more than one value; those with a list of answers are found by themselves. */
const INPUTS: Record<string, unknown[]> = {
  apiServerCidrs: [undefined, ['192.0.2.10/32', '2001:db8::/64']],
  scraperNamespace: [undefined, 'monitoring'],
  storeAddress: [undefined, 'https://vault.vault.svc:8200'],
};

const ANSWERS: Record<string, unknown[]> = {
  ...INPUTS,
  ...Object.fromEntries(
    catalog.inputs
      .filter(({ name, type }) => (type === 'boolean' || type === 'choice') && name !== 'wideEgress')
      .map(({ name, options }) => [name, options ?? [false, true]]),
  ),
};

/** Every choice of any three slots and inputs occurs together, with the services of each scenario in turn. */
export function coveringArray(): Repository[] {
  const slots = catalog.slots.filter(({ decidedBy }) => !decidedBy);
  const choices = Object.fromEntries(
    slots.map(({ name, components }) => [name, components.map((component) => component.name)]),
  );
  const graphs = [...blueprints()].filter(([, { services }]) => services !== undefined);
  const rows = make({ ...choices, ...ANSWERS }, { length: 3, preFilter: (row: Dict) => !isRefused(row) });
  return rows.map((row: Dict, index) => {
    const choice = Object.fromEntries(slots.map(({ name }) => [name, row[name]]));
    const answers = Object.fromEntries(
      Object.entries(row).filter(([name, value]) => value !== undefined && isAsked(name, row)),
    );
    // Some graphs reach hosts, which a NetworkPolicy cannot name.
    const inputs = inputsOf(row, { wideEgress: true, ...answers });
    const turn = [...graphs.slice(index % graphs.length), ...graphs];
    for (const [graph, { services, namespaces = [], configMaps = [] }] of turn) {
      try {
        const blueprint = { name: 'covering', choices: choice, inputs, services, namespaces, configMaps };
        return repository(`${graph} with ${JSON.stringify(row)}`, blueprint);
      } catch (error) {
        // A graph may need what was not chosen, a wildcard for one; then it is another's turn.
        if (!(error instanceof UserError)) throw error;
      }
    }
    throw new Error(`no scenario's services go with ${JSON.stringify(row)}`);
  });
}

function isAsked(name: string, row: Dict): boolean {
  const of = catalog.inputs.find((input) => input.name === name)?.of;
  return name in ANSWERS && (!of || row[of.slot] === of.component);
}

const isRefused = (row: Dict): boolean => refusal(row as Record<string, string>, catalog) !== undefined;

export interface Document {
  path: string;
  /** As it is in the file: what programs get to read. */
  text: string;
  object: KubeObject;
}

/** Every YAML document of a repository that is not empty. */
export function documents(files: Files, wanted: (path: string) => boolean = () => true): Document[] {
  const yaml = [...files].filter(([path]) => /\.ya?ml$/.test(path) && wanted(path));
  return yaml.flatMap(([path, file]) =>
    file.split(/^---$/m).flatMap((text) => {
      const object = parse(text) as KubeObject | null;
      return object ? [{ path, text, object }] : [];
    }),
  );
}
