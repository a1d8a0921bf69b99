import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { make, sorters } from 'covertable';
import { parse, parseAllDocuments } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import type { Plan } from '../../src/types/plan.ts';
import { catalog, generate } from '../support.ts';
import type { Dict, KubeObject } from './cluster.ts';

export interface Repository {
  name: string;
  plan: Plan;
  files: Files;
}

const SCENARIOS = join(import.meta.dirname, '../scenarios');

export function blueprints(): Map<string, Dict> {
  const files = readdirSync(SCENARIOS).map((name) => [name, join(SCENARIOS, name, 'blueprint.yaml')] as const);
  return new Map(files.filter(([, file]) => existsSync(file)).map(([name, file]) => [name, parse(readFileSync(file, 'utf8')) as Dict]));
}

export const repository = (name: string, blueprint: Dict): Repository => ({ name, ...generate(blueprint) });

export const scenario = (name: string): Repository => repository(name, blueprints().get(name)!);

export const scenarios = (): Repository[] => [...blueprints()].map(([name, blueprint]) => repository(name, blueprint));

/** Inputs that change what is rendered beyond a value; the rest keeps its default. */
const INPUTS: Record<string, unknown[]> = {
  apiServerCidrs: [undefined, ['192.0.2.10/32', '2001:db8::/64']],
  nodeLocalDns: [false, true],
  scraperNamespace: [undefined, 'monitoring'],
};

/** Every choice of any three slots and inputs occurs together, with the services of each scenario in turn. */
export function coveringArray(): Repository[] {
  const slots = catalog.slots.filter(({ decidedBy }) => !decidedBy).map(({ name, components }) => [name, components.map((component) => component.name)] as const);
  const graphs = [...blueprints()].filter(([, { services }]) => services !== undefined);
  const factors = { ...Object.fromEntries(slots), ...INPUTS };
  return make(factors, { strength: 3, sorter: sorters.hash }).map((row, index) => {
    const [graph, { services, namespaces, configMaps, inputs }] = graphs[index % graphs.length]!;
    const chosen = row as Record<string, unknown>;
    const blueprint = {
      name: 'covering',
      choices: Object.fromEntries(slots.map(([slot]) => [slot, chosen[slot]])),
      inputs: { ...(inputs as Dict), ...Object.fromEntries(Object.keys(INPUTS).flatMap((key) => (chosen[key] === undefined ? [] : [[key, chosen[key]]]))) },
      services,
      ...(namespaces ? { namespaces } : {}),
      ...(configMaps ? { configMaps } : {}),
    };
    return repository(`${graph} with ${JSON.stringify(chosen)}`, blueprint);
  });
}

export interface Document {
  path: string;
  object: KubeObject;
}

/** Every YAML document of a repository that is not empty. */
export function documents(files: Files, wanted: (path: string) => boolean = () => true): Document[] {
  return [...files].filter(([path]) => /\.ya?ml$/.test(path) && wanted(path)).flatMap(([path, text]) =>
    parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
      if (document.errors.length) throw new Error(`${path}: ${document.errors[0]!.message}`);
      const object = document.toJS() as KubeObject | null;
      return object ? [{ path, object }] : [];
    }),
  );
}
