/**
 * Makes the folder UPSTREAM_DIR of the engine tests from the repositories and tags in test/engines/upstream.yaml.
 * `npm run upstream DIR` makes all families, `npm run upstream DIR flux` only these. Needs git, helm and kustomize.
 */
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fs from 'fs-extra';
import { parse } from 'yaml';
import { engine } from '../test/engines/find.mjs';

const read = (...path) => fs.readFileSync(join(...path), 'utf8');
const readYaml = (...path) => (fs.existsSync(join(...path)) ? parse(read(...path)) : {});
const options = { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' }, encoding: 'utf8', stdio: 'pipe' };
function run(words, ...more) {
  const [program, ...args] = [...words.split(' '), ...more];
  return execFileSync(engine(program) ?? program, args, options);
}
const fill = (source) =>
  JSON.parse(JSON.stringify(source).replaceAll('{tag}', source.tag).replaceAll('{version}', source.version));
const UNUSED = /(^|[\\/])(tests|ci|(README|CHANGELOG)[^\\/]*)$/;
const KIND = /^ {2}name: (\S+)$[^]*?^ {2}group: (\S+)$[^]*?^ {4}kind: (\S+)$/gm;

function add({ repo, tag, version = tag, copy, replace = {}, build }, family, clone) {
  const from = ['-b', tag, `https://github.com/${repo}`, clone];
  run('git clone -qn --depth=1 --filter=blob:none -c core.autocrlf=false', ...from);
  run('git -C', clone, 'sparse-checkout', 'set', '--no-cone', ...copy.map((one) => `/${one.from}`));
  run('git -C', clone, 'checkout', '-q');
  for (const { from, to, exclude = UNUSED, names } of copy) {
    const filter = (file) => ![UNUSED, exclude].some((one) => relative(join(clone, from), file).match(one));
    const found = names && run('git -C', clone, 'grep', '-hoE', names, '--', from).match(/[a-z]\w*(\.\w+)+/g);
    if (names) fs.outputFileSync(join(family, to), [...found, ''].join('\n'), { flag: 'a' });
    else fs.copySync(join(clone, from), join(family, to), { filter });
  }
  for (const [file, texts] of Object.entries(replace))
    for (const [old, now] of Object.entries(texts)) {
      const parts = read(family, file).split(old);
      if (parts.length === 1) throw new Error(`${file} has no ${old}`);
      fs.writeFileSync(join(family, file), parts.join(now));
    }
  for (const chart of copy.map(({ to }) => join(family, to))) {
    const found = readYaml(chart, 'Chart.yaml').version ?? version;
    if (found !== version) throw new Error(`${chart} is ${found}, not ${version}`);
    const locked = readYaml(chart, 'Chart.lock').dependencies ?? [];
    for (const one of locked.filter(({ repository }) => repository)) {
      const from = [one.name, `--repo=${one.repository}`, `--version=${one.version}`];
      run('helm pull --untar', ...from, `--untardir=${join(chart, 'charts')}`);
    }
  }
  if (build) fs.writeFileSync(join(family, build.to), run('kustomize build', join(family, build.from)));
}

const [dir, ...wanted] = process.argv.slice(2);
const data = readYaml(import.meta.dirname, '../test/engines/upstream.yaml');
for (const name of wanted.length ? wanted : Object.keys(data)) {
  const [family, clones] = [join(dir, name), fs.mkdtempSync(join(tmpdir(), 'upstream-'))];
  fs.removeSync(family);
  try {
    data[name].map(fill).forEach((source, index) => add(source, family, join(clones, `${index}`)));
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
