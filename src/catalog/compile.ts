import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { parse } from 'yaml';
import { HELPERS } from '../types/helpers.ts';
import { lint } from './lint.ts';
import { parseComponent, parseRefusals, parseSlot } from './manifest.ts';

/**
 * Reads the templates folder and returns the JavaScript text of the module that `catalog.ts` loads:
 * manifests as data, templates precompiled. A broken manifest or template throws.
 */
export function compileCatalog(root: string): string {
  const slots = folders(root).filter((name) => name !== 'base');
  const read = (file: string) => parse(readFileSync(path.join(root, file), 'utf8')) as unknown;
  return [
    `export const base = ${compileComponent(root, 'base')};`,
    `export const sample = ${JSON.stringify(read('sample.yaml'))};`,
    `export const refusals = ${JSON.stringify(parseRefusals('refusals.yaml', read('refusals.yaml')))};`,
    `export const slots = [${slots.map((slot) => compileSlot(root, slot)).join(',\n')}];`,
  ].join('\n');
}

/** Leaves out what a run never needs: positions in the source, and a fallback for runtimes older than ours. A third of the code. */
function compact(code: string): string {
  return code
    .replace(/,(\s*"loc":)?\s*\{"start":\{[^{}]*\},"end":\{[^{}]*\}\}/g, '')
    .replace(
      /container\.lookupProperty \|\| function\(parent, propertyName\) \{[^}]*\}\s*return undefined\s*\}/g,
      'container.lookupProperty',
    );
}

/** An unknown helper fails the build, and what is no helper is not looked up as one. */
const KNOWN = Object.fromEntries(HELPERS.map((name) => [name, true])) as unknown as KnownHelpers;

function compileSlot(root: string, slot: string): string {
  const file = `${slot}/slot.yaml`;
  const manifest = parseSlot(file, parse(readFileSync(path.join(root, file), 'utf8')));
  const components = folders(path.join(root, slot)).map((name) => compileComponent(root, `${slot}/${name}`));
  return `{ name: ${JSON.stringify(slot)}, manifest: ${JSON.stringify(manifest)}, components: [${components.join(',\n')}] }`;
}

function compileComponent(root: string, folder: string): string {
  const file = `${folder}/component.yaml`;
  const manifest = parseComponent(file, parse(readFileSync(path.join(root, file), 'utf8')));
  const all = files(path.join(root, folder)).filter((name) => name !== 'component.yaml');
  const entry = (name: string) =>
    `${JSON.stringify(name.replace(/\.hbs$/, ''))}: ${compileFile(path.join(root, folder, name), `${folder}/${name}`)}`;
  const parts = all.filter((name) => name.startsWith('parts/'));
  const templates = all.filter((name) => !name.startsWith('parts/'));
  return `{ name: ${JSON.stringify(path.posix.basename(folder))}, manifest: ${JSON.stringify(manifest)},
  templates: {${templates.map(entry).join(',\n')}}, parts: {${parts.map((name) => entry(name).replace('"parts/', '"')).join(',\n')}} }`;
}

/** A string for a verbatim file, a Handlebars template specification for a rendered one. */
function compileFile(file: string, name: string): string {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  try {
    lint(name, text);
    if (!name.endsWith('.hbs')) return JSON.stringify(text);
    return compact(
      String(Handlebars.precompile(text, { strict: true, knownHelpers: KNOWN, knownHelpersOnly: true })),
    );
  } catch (error) {
    throw new Error(`templates/${name}: ${(error as Error).message}`, { cause: error });
  }
}

const folders = (dir: string) =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const files = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
