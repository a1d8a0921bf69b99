/**
 * Builds the real programs that the tests run; test/engines/<program>/ is the Go module that pins each.
 * `npm run engines` builds all, in the order of need; `npm run engines helm sops` only these.
 * They go to ENGINES_DIR, build/engines by default. Skipped: a current build, else the pinned version on PATH.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { engine, engineFile, enginesDir } from '../test/engines/find.mjs';

const ALL = ['kubeseal', 'sops', 'age', 'kustomize', 'actionlint', 'gitleaks', 'helm', 'kyverno', 'gator'];
const LONG = ['kube-apiserver', 'istioctl', 'trivy'];
const env = { ...process.env, CGO_ENABLED: '0' };
const go = (...args) => execFileSync('go', args, { env, encoding: 'utf8', stdio: 'pipe' });

function linkerFlags({ Path, Version }) {
  if (Path !== 'k8s.io/kubernetes') return '-s -w';
  const [major, minor] = Version.slice(1).split('.');
  const name = 'k8s.io/component-base/version';
  return `-s -w -X ${name}.gitVersion=${Version} -X ${name}.gitMajor=${major} -X ${name}.gitMinor=${minor}`;
}

function isOnPath(name, version) {
  const ask = (flag) => spawnSync(name, [flag], { encoding: 'utf8', timeout: 5000 }).stdout ?? '';
  const numbers = ['--version', 'version'].flatMap((flag) => ask(flag).match(/\d+(\.\d+)+/g));
  return numbers.includes(version.slice(1));
}

function provide(program) {
  const module = join(import.meta.dirname, '../test/engines', program);
  const { Tool, Require } = JSON.parse(go('-C', module, 'mod', 'edit', '-json'));
  const pin = Require.find(({ Path }) => `${Tool[0].Path}/`.startsWith(`${Path}/`));
  const tools = Tool.map(({ Path }) => ({ path: Path, name: Tool.length === 1 ? program : basename(Path) }));
  const record = join(enginesDir, `${program}.sha256`);
  const pinned = hash('sha256', ['go.mod', 'go.sum'].map((file) => readFileSync(join(module, file))).join());
  if (tools.every(({ name }) => existsSync(engineFile(name)))) {
    if (existsSync(record) && readFileSync(record, 'utf8') === pinned) return 'current';
  } else if (tools.every(({ name }) => isOnPath(name, pin.Version))) return 'on PATH';

  env.GOEXPERIMENT = program === 'trivy' ? 'jsonv2' : '';
  const flags = ['-buildvcs=false', '-trimpath', `-ldflags=${linkerFlags(pin)}`];
  for (const { path, name } of tools) go('-C', module, 'build', ...flags, '-o', engineFile(name), path);
  writeFileSync(record, pinned);
  return `built ${pin.Version}`;
}

for (const program of process.argv.length > 2 ? process.argv.slice(2) : [...ALL, ...LONG]) {
  const start = Date.now();
  process.stdout.write(program.padEnd(16));
  try {
    console.log(provide(program), `(${Math.round((Date.now() - start) / 1000)} s)`);
  } catch (error) {
    console.log(error.message);
    process.exitCode = 1;
  }
}
console.log(
  `etcd            ${engine('etcd') ? 'on PATH' : 'missing: install the Debian package etcd-server'}`,
);
