// Builds the package: `templates/` becomes one module of data and precompiled templates, `src/` a small entry and what it loads when needed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const define = { __VERSION__: JSON.stringify(version) };
const node = { bundle: true, platform: 'node', target: 'node20', format: 'esm', define };

/** Libraries that few runs need, each in a file of its own. */
const ON_DEMAND = { execa: 'execa', prompts: '@clack/prompts' };

/** Compiles the catalog, then bundles the command line. */
export async function buildAll() {
  await buildCatalog();
  const { text } = await load('src/arguments/help-text.ts', 'help.mjs');
  rmSync(at('dist'), { recursive: true, force: true });
  // CommonJS: the loader of ES modules would be a tenth of a run, and more of printing a text.
  const files = { outdir: at('dist'), outExtension: { '.js': '.cjs' } };
  const small = { minify: true, legalComments: 'none' };
  const release = {
    ...node,
    ...files,
    ...small,
    format: 'cjs',
    define: { ...define, __HELP__: JSON.stringify(text) },
  };
  const alias = Object.fromEntries(Object.entries(ON_DEMAND).map(([file, name]) => [name, `./${file}.cjs`]));
  const external = ['./main.cjs', ...Object.values(alias)];
  await build({ ...release, entryPoints: ON_DEMAND });
  await build({ ...release, entryPoints: [at('src/cli.ts'), at('src/main.ts')], alias, external });
}

/** `templates/` → `build/catalog.mjs`. A broken manifest or template fails here. */
export async function buildCatalog() {
  mkdirSync(at('build'), { recursive: true });
  const { compileCatalog } = await load('src/catalog/compile.ts', 'compile.mjs');
  const catalog = compileCatalog(at('templates'));
  writeFileSync(at('build/catalog.mjs'), `${catalog}\n`);
  await load('src/catalog/catalog.ts', 'check.mjs').then(({ loadCatalog }) => loadCatalog());
}

/** Bundles one source file for Node and imports it. */
export async function load(source, name) {
  await build({ ...node, entryPoints: [at(source)], packages: 'external', outfile: at('build', name) });
  return import(`${pathToFileURL(at('build', name)).href}?${Date.now()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
