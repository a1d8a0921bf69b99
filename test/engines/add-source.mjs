/** Copies what the engine tests read out of one upstream repository, at its pinned tag, into the folder of its family. */
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import fs from 'fs-extra';
import { parse } from 'yaml';
import { engine } from './find.mjs';

export const read = (...path) => fs.readFileSync(join(...path), 'utf8');
export const readYaml = (...path) => (fs.existsSync(join(...path)) ? parse(read(...path)) : {});
const options = { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' }, encoding: 'utf8', stdio: 'pipe' };
function run(words, ...more) {
  const [program, ...args] = [...words.split(' '), ...more];
  return execFileSync(engine(program) ?? program, args, options);
}
const UNUSED = /(^|[\\/])(tests|ci|(README|CHANGELOG)[^\\/]*)$/;

/** Throws when a text to replace is absent, or when a chart has another version than the pinned one. */
export function addSource({ repo, tag, version = tag, copy, replace = {}, build }, family, clone) {
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
      const isOci = one.repository.startsWith('oci:');
      const chartOf = isOci ? [`${one.repository}/${one.name}`] : [one.name, `--repo=${one.repository}`];
      const from = [...chartOf, `--version=${one.version}`];
      run('helm pull --untar', ...from, `--untardir=${join(chart, 'charts')}`);
    }
  }
  if (build) fs.writeFileSync(join(family, build.to), run('kustomize build', join(family, build.from)));
}
