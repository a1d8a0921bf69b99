// Renders a Blueprint into a folder, for a look while templates change: node scripts/render.mjs OUT [blueprint.yaml]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { buildCatalog } from './build.mjs';

await buildCatalog();
await build({
  entryPoints: ['test/support.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile: 'build/support.mjs',
  define: { __VERSION__: '"0.0.0-dev"' },
});
const { generate } = await import(path.resolve('build/support.mjs'));
const [out = 'build/out', blueprint] = process.argv.slice(2);
const { files, plan } = generate(blueprint ? parse(readFileSync(blueprint, 'utf8')) : { name: 'my-cluster' });
for (const [file, text] of files) {
  mkdirSync(path.dirname(path.join(out, file)), { recursive: true });
  writeFileSync(path.join(out, file), text);
}
console.log(files.size, 'files;', plan.layers.map((l) => l.name).join(' → '));
