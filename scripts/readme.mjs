// Puts the table of options, made from the catalog, into README.md. `npm run readme -- --check` fails when it is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { buildCatalog, load } from './build.mjs';

await buildCatalog();
const { loadCatalog } = await load('src/catalog/catalog.ts', 'check.mjs');
const rows = loadCatalog().slots.map((slot) => {
  const names = slot.components.map(
    ({ name, hint }) => `${name === slot.default ? `**${name}**` : name} (${hint})`,
  );
  const flag = slot.decidedBy ? `decided by the ${slot.decidedBy}` : `\`--${slot.name}\``;
  return `| ${slot.label} | ${flag} | ${names.join('<br>')} |`;
});
const table = `| choice | flag | options (**default**) |\n|---|---|---|\n${rows.join('\n')}`;

const readme = readFileSync('README.md', 'utf8');
const filled = readme.replace(
  /(<!-- options: .*? -->)[^]*(<!-- \/options -->)/,
  (_, start, end) => `${start}\n\n${table}\n\n${end}`,
);
const wanted = await format(filled, { parser: 'markdown', printWidth: 110, singleQuote: true });
if (!process.argv.includes('--check')) writeFileSync('README.md', wanted);
else if (wanted !== readme) throw new Error('README.md is not current: npm run readme');
