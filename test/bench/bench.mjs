// Speed and memory against a floor in the same run: medians of interleaved pairs, as ratios. Usage: npm run bench [pairs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const pairs = Number(process.argv[2] ?? 15);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const cli = here('../../bin/create-zero-trust.cjs');
const work = mkdtempSync(path.join(tmpdir(), 'zero-trust-bench-'));
// A file of extra certificates adds a constant to every start and hides ratios.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
let count = 0;

const run = (...args) => {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: work, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, stderr };
};
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const fresh = () => `out-${count++}`;

/** The median of `a / b` over interleaved pairs, after one warm-up each. */
function ratio(a, b) {
  a();
  b();
  return median(Array.from({ length: pairs }, () => a() / b()));
}

/** Renders once and returns how to do it again, and how to write the same bytes from memory. */
function repository(...args) {
  const first = fresh();
  run(cli, first, ...args);
  const files = readdirSync(path.join(work, first), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = files.map((file) => [
    path.relative(path.join(work, first), file),
    readFileSync(file, 'utf8'),
  ]);
  const json = path.join(work, `${first}.json`);
  writeFileSync(json, JSON.stringify(contents));
  return {
    files: files.length,
    folder: first,
    again: () => run(cli, fresh(), ...args).seconds,
    floor: () => run(here('floor.mjs'), fresh(), json).seconds,
  };
}

function graph(services) {
  const file = path.join(work, `${services}.yaml`);
  const list = Array.from({ length: services }, (_, i) => {
    const calls = i ? [{ to: `service-${Math.floor(i / 2)}`, methods: ['GET'], paths: ['/api/*'] }] : [];
    return {
      name: `service-${i}`,
      namespace: `team-${i % 20}`,
      image: 'ghcr.io/org/app:1.0.0',
      port: 8080,
      calls: calls.map((call) => ({ ...call, to: `team-${Math.floor(i / 2) % 20}/${call.to}` })),
    };
  });
  writeFileSync(file, JSON.stringify({ services: list }));
  return file;
}

/** Time and peak memory of one run. */
function measured(...args) {
  const { seconds, stderr } = run('--require', here('memory.cjs'), cli, ...args);
  return `${seconds.toFixed(2)} s, ${/peak (\d+) MiB/.exec(stderr)[1]} MiB`;
}

const row = (what, budget, measured) => console.log(`| ${what} | ${budget} | ${measured} |`);
console.log(
  `Node ${process.version}, ${pairs} interleaved pairs, medians\n\n| what | budget | measured |\n|---|---|---|`,
);
const empty = () => run('-e', '0').seconds;
for (const flag of ['--help', '--version'])
  row(
    `\`${flag}\` against \`node -e 0\``,
    '≤ 1.3×',
    `${ratio(() => run(cli, flag).seconds, empty).toFixed(2)}×`,
  );
const full = repository('--yes');
const inProcess = spawnSync(process.execPath, [here('generation.mjs'), String(pairs)], {
  env,
  encoding: 'utf8',
});
row(
  `a full repository (${full.files} files), validated, hashed and written, against writing the same bytes`,
  '≤ 2.0×',
  `${inProcess.stdout.trim()}×`,
);
row('the same with the start of Node on both sides', '', `${ratio(full.again, full.floor).toFixed(2)}×`);
row(
  '`verify` of a full repository',
  '≤ 500 ms',
  `${(1000 * median(Array.from({ length: pairs }, () => run(cli, 'verify', full.folder).seconds))).toFixed(0)} ms`,
);
for (const services of [10, 100, 1000]) {
  const out = fresh();
  const isLarge = services === 1000;
  const file = graph(services);
  row(
    `${services} services`,
    isLarge ? '< 4 s, < 512 MiB' : 'linear',
    measured(out, '--yes', '--services', file),
  );
  row(`\`verify\` of ${services} services`, isLarge ? '≤ 5 s, ≤ 512 MiB' : 'linear', measured('verify', out));
}
rmSync(work, { recursive: true, force: true });
