// Puts the table of rows, made from what `.ci/run` left in build/, into README.md. `--check` fails when it is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parse } from 'yaml';

const read = (file) => parse(readFileSync(file, 'utf8'));
const proofs = read('test/rows/proofs.yaml');
const results = ['test', 'test-engines'].flatMap((name) => read(`build/${name}.json`).testResults);

/** Rows by id, each with who proved it: a rule of `verify`, an engine, or a test file. */
const proven = new Map();
for (const { name, assertionResults } of results) {
  const file = relative('test', name).replaceAll('\\', '/');
  for (const { title, status } of assertionResults) {
    const [, ids, rest] = /^((?:\[[a-z0-9-]+\] )+)(.*)$/.exec(title) ?? [];
    if (!ids || status !== 'passed') continue;
    const rule = / \((\w+\/[\w-]+)\)$/.exec(rest)?.[1];
    const by = rule ? `verify \`${rule}\`` : proofs[file];
    if (!by) throw new Error(`test/rows/proofs.yaml does not say what ${file} proves rows by`);
    for (const [, id] of ids.matchAll(/\[(.*?)\]/g)) proven.set(id, (proven.get(id) ?? new Set()).add(by));
  }
}

const missing = [];
function line(id, entry) {
  const { what, later, gap } = typeof entry === 'string' ? { what: entry } : entry;
  if (!later && !proven.has(id)) missing.push(id);
  const by = later ? `later, with ${later}` : [...(proven.get(id) ?? [])].sort().join('<br>');
  return `| ${id} | ${what} | ${by}${gap ? `<br>**gap**: ${gap}` : ''} |`;
}
const lines = Object.entries(read('test/rows/rows.yaml')).flatMap(([area, rows]) => [
  `| **${area}** | | |`,
  ...Object.entries(rows).map(([id, entry]) => line(id, entry)),
]);
if (missing.length) throw new Error(`no passed test names ${missing.join(', ')}`);

const readme = readFileSync('README.md', 'utf8');
const table = ['| row | what must hold | proven by |', '|---|---|---|', ...lines].join('\n');
const wanted = readme.replace(
  /(<!-- rows: .*? -->)[^]*(<!-- \/rows -->)/,
  (_, start, end) => `${start}\n\n<!-- prettier-ignore -->\n${table}\n\n${end}`,
);
if (!process.argv.includes('--check')) writeFileSync('README.md', wanted);
else if (wanted !== readme) throw new Error('README.md is not current: npm run rows');
