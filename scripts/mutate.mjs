/**
 * Breaks rendered repositories in every way that it knows and asks `verify`: what it does not find is a hole in it.
 * node scripts/mutate.mjs [--operator mesh/] [--scenario default]… [--per-operator 30 | --all] [--verbose]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { buildCatalog } from './build.mjs';

/** Percent of the mutants that change what the cluster does. */
const LEAST = 99;

const { values } = parseArgs({
  options: {
    operator: { type: 'string', default: '' },
    scenario: { type: 'string', multiple: true, default: [] },
    'per-operator': { type: 'string', default: '30' },
    all: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

await buildCatalog();
const outfile = path.resolve('build/mutate.mjs');
await build({
  entryPoints: ['test/mutation/main.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile,
  define: { __VERSION__: '"0.0.0-dev"' },
});
const { main } = await import(outfile);
const perOperator = values.all ? Infinity : Number(values['per-operator']);
const { operator, scenario, verbose } = values;
process.exitCode = main({ operator, scenarios: scenario, perOperator, verbose }, LEAST) ? 0 : 1;
