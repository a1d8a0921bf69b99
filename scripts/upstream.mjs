/**
 * Makes the folder UPSTREAM_DIR of the engine tests from the repositories and tags in test/engines/upstream.yaml.
 * `npm run upstream DIR` makes all families, `npm run upstream DIR flux` only these. Needs git, helm and kustomize.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'fs-extra';
import { addSource, read, readYaml } from '../test/engines/add-source.mjs';

const fill = (source) =>
  JSON.parse(JSON.stringify(source).replaceAll('{tag}', source.tag).replaceAll('{version}', source.version));
const KIND = /^ {2}name: (\S+)$[^]*?^ {2}group: (\S+)$[^]*?^ {4}kind: (\S+)$/gm;

const [dir, ...wanted] = process.argv.slice(2);
const data = readYaml(import.meta.dirname, '../test/engines/upstream.yaml');
for (const name of wanted.length ? wanted : Object.keys(data)) {
  const [family, clones] = [join(dir, name), fs.mkdtempSync(join(tmpdir(), 'upstream-'))];
  fs.removeSync(family);
  try {
    data[name].map(fill).forEach((source, index) => addSource(source, family, join(clones, `${index}`)));
    console.log(name, 'made');
  } catch (error) {
    fs.removeSync(family);
    console.log(name, error.message);
    process.exitCode = 1;
  }
  fs.removeSync(clones);
}
const rows = Object.keys(data).flatMap((name) => {
  const crds = join(dir, name, 'crds');
  const kinds = (file) =>
    [...read(crds, file).matchAll(KIND)].map((match) => [name, file, ...match.slice(1)]);
  return fs.existsSync(crds) ? fs.readdirSync(crds).flatMap(kinds) : [];
});
const table = [['family', 'file', 'name', 'group', 'kind'], ...rows].map((row) => `${row.join('\t')}\n`);
fs.outputFileSync(join(dir, 'crds.tsv'), table.join(''));
