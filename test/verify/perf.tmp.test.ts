import { test } from 'vitest';
import { generate } from '../../src/generate.ts';
import { differencesOf } from '../../src/verify/connectivity/differences.ts';
import { connectivityOf } from '../../src/verify/connectivity/connectivity.ts';
import { effective } from '../../src/verify/connectivity/effective.ts';
import { readModel } from '../../src/verify/read.ts';
import { GRAPH_RULES } from '../../src/verify/rules/graph/index.ts';
import { catalog } from '../support.ts';
const image = `ghcr.io/acme/app:1.0.0@sha256:${'4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945'}`;
const big = (n: number, shape: string) => ({ name: 'big', services: Array.from({ length: n }, (_, i) => ({
  name: `service-${i}`, namespace: shape === 'one' ? 'shop' : `team-${Math.floor(i / 20)}`, image, port: 8080,
  ...(i % 10 === 0 && { expose: { host: 'www', paths: [`/p${i}`] } }),
  calls: [1, 7, 31].map((d) => (i + d) % n).filter((j) => j !== i).map((j) => ({ to: `${shape === 'one' ? 'shop' : `team-${Math.floor(j / 20)}`}/service-${j}`, methods: ['GET'], paths: ['/a/*'] })),
})) });
test.each([[250, 'one'], [1000, 'one'], [1000, 'many'], [1000, 'star']])('%s %s', (n, shape) => {
  const blueprint = big(n as number, shape as string) as any;
  if (shape === 'star') { for (const s of blueprint.services) { s.namespace = 'shop'; s.calls = s.name === 'service-0' ? [] : [{ to: 'shop/service-0', methods: ['GET'] }]; s.expose = { host: 'www', paths: [`/${s.name}`] }; } }
  const { files } = generate(blueprint, catalog, new Set());
  let t = (process.cpuUsage().user / 1000);
  const model = readModel(files, catalog);
  const lap = (what: string) => { console.log(n, shape, what, Math.round((process.cpuUsage().user / 1000) - t)); t = (process.cpuUsage().user / 1000); };
  lap('read');
  const c = connectivityOf(model); lap('connectivity');
  const d = differencesOf(model); lap('differences');
  GRAPH_RULES.forEach((r) => [...r.check(model)]); lap('rules');
  const e = effective(model); lap('effective');
  console.log(n, shape, c.index.pods.length, 'pods', c.looked.pairs, 'pairs', model.declared.flows.length, 'flows', e.length, 'edges', d.blocked.length, d.openings.length, d.requests.length, d.plaintext.length, Math.round(process.memoryUsage().heapUsed / 2 ** 20), 'MiB');
}, 120000);
