import { readFileSync } from 'node:fs';
import path from 'node:path';
import { make } from 'covertable';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeBlueprint } from '../src/blueprint/blueprint.ts';
import { choose, refusal } from '../src/plan/choose.ts';
import { makePlan } from '../src/plan/plan.ts';
import { readModel } from '../src/verify/read.ts';
import { run } from '../src/verify/run.ts';
import { RULES } from '../src/verify/rules/all.ts';
import { problemsOf } from './invariants.ts';
import { repositoryOf } from './mutation/repository.ts';
import { readRepository } from './objects.ts';
import { catalog, generate, inputsOf } from './support.ts';

const scenario = (name: string): { services: unknown; inputs: Record<string, unknown> } =>
  parse(readFileSync(path.join(import.meta.dirname, 'scenarios', name, 'blueprint.yaml'), 'utf8'));
const servicesOf = (name: string): unknown => scenario(name).services;
const SERVICES: Record<string, unknown> = {
  sample: undefined,
  'online-boutique': servicesOf('online-boutique'),
  smallest: servicesOf('smallest'),
  none: [],
};

/** Every input that some option reads, but for those that the rows vary. */
const EVERY_INPUT = {
  ...scenario('everything').inputs,
  ...scenario('gke').inputs,
  apiServerCidrs: undefined,
  ageRecipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  storeAddress: 'https://vault.example.com:8200',
  storeCidrs: ['192.0.2.20/32'],
  nodeLocalDns: true,
};

const slots = catalog.slots.filter((slot) => !slot.decidedBy);
const factors = {
  ...Object.fromEntries(slots.map((slot) => [slot.name, slot.components.map((one) => one.name)])),
  services: Object.keys(SERVICES),
  sealing: ['sealed', 'pending'],
  apiServerCidrs: ['given', 'not given'],
  stage: ['audit', 'enforce'],
  inputs: ['needed', 'every'],
};
type Row = Record<string, string>;
const choicesOf = (row: Row) => Object.fromEntries(slots.map((slot) => [slot.name, row[slot.name]!]));
const isRefused = (row: Row) =>
  refusal(choose({ choices: choicesOf(row), inputs: {} }, open).choices, catalog);
/** The catalog without refusals, to resolve choices that may be refused. */
const open = { ...catalog, refusals: [] };

/** Any three options meet in some row, unless the catalog refuses them. */
const rows = (make(factors, { length: 3 }) as Row[]).filter((row) => !isRefused(row));

const nameOf = (row: Row) => Object.keys(factors).map((factor) => row[factor]);
const named = rows.map((row, index) => ({ name: `${index}: ${nameOf(row).join(', ')}`, row }));

describe.each(named)('$name', ({ row }) => {
  it('renders a repository without dangling ends', () => {
    const blueprint = blueprintOf(row);
    const sealed = row['sealing'] === 'sealed' ? secretsOf(blueprint) : [];
    expect(problemsOf(readRepository(generate(blueprint, sealed)))).toEqual([]);
  });

  it('is clean in verify', () => {
    const blueprint = blueprintOf(row);
    const model = readModel(repositoryOf('combination', blueprint).files, catalog);
    const { findings } = run(model, RULES, { strict: false });
    const told = findings.filter(({ severity }) => severity !== 'note');
    expect(told.map(({ rule, message }) => `${rule} ${message}`)).toEqual([]);
  });
});

it('tries every option of every slot', () => {
  const tried = slots.map((slot) => [slot.name, new Set(rows.map((row) => row[slot.name]))] as const);
  const all = slots.map((slot) => [slot.name, new Set(slot.components.map((one) => one.name))] as const);
  expect(tried).toEqual(all);
});

it.each(catalog.refusals)('refuses $when', (refused) => {
  const defaults = Object.fromEntries(slots.map((slot) => [slot.name, slot.default]));
  const wanted = { name: 'my-cluster', choices: { ...defaults, ...refused.when } };
  expect(() => generate(wanted)).toThrow(refused.reason);
});

function blueprintOf(row: Row): Record<string, unknown> {
  const stages = { podSecurity: row['stage'], policies: row['stage'], network: row['stage'] };
  const names = ['shop', 'onlineboutique', 'apps'];
  return {
    name: 'my-cluster',
    choices: choicesOf(row),
    inputs: {
      ...inputsOf(row, {
        ...(row['inputs'] === 'every' ? EVERY_INPUT : {}),
        ...(row['apiServerCidrs'] === 'given' ? { apiServerCidrs: ['192.0.2.10/32', '2001:db8::/64'] } : {}),
      }),
      ...addressOf(row),
    },
    namespaces: names.map((name) => ({ name, stages })),
    services: SERVICES[row['services']!],
  };
}

/** Where a store keeps values, its address stands for what is sealed elsewhere. */
function addressOf(row: Row): Record<string, string> {
  const chosen = slots.flatMap((slot) => slot.components.filter((one) => one.name === row[slot.name]));
  const needs = chosen.find((one) => one.refer)?.refer?.needs;
  return needs && row['sealing'] === 'sealed' ? { [needs]: 'https://vault.vault.svc:8200' } : {};
}

function secretsOf(blueprint: unknown): string[] {
  const plan = makePlan(makeBlueprint(blueprint, catalog), catalog, new Set());
  return plan.secrets.map((one) => `${one.namespace}/${one.name}`);
}
