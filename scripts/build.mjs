// Builds the package: `templates/` becomes one module of data and precompiled templates, `src/` one file for Node.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const node = { bundle: true, platform: 'node', target: 'node20', format: 'esm' };

/** Compiles the catalog, then bundles the command line. */
export async function buildAll() {
  await buildCatalog();
  rmSync(at('dist'), { recursive: true, force: true });
  await build({
    ...node,
    entryPoints: [at('src/cli.ts')],
    outfile: at('dist/cli.js'),
    minify: true,
    define: { __VERSION__: JSON.stringify(version) },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    legalComments: 'none',
  });
}

export async function buildCatalog() {
  mkdirSync(at('build'), { recursive: true });
  await build({ ...node, entryPoints: [at('src/catalog/compile.ts')], packages: 'external', outfile: at('build/compile.mjs') });
  const { compileCatalog } = await import(`${pathToFileURL(at('build/compile.mjs')).href}?${Date.now()}`);
  writeFileSync(at('build/catalog.mjs'), compileCatalog(at('templates')));
  writeFileSync(
    at('build/catalog.d.mts'),
    `import type { Catalog } from '../src/types/catalog.ts';
import type { CompiledComponent, CompiledSlot } from '../src/catalog/catalog.ts';
export const base: CompiledComponent;
export const slots: CompiledSlot[];
export const refusals: Catalog['refusals'];
export const sample: unknown;
`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
