/**
 * Builds the real programs that the tests run. Each is pinned by a Go module of its own, test/engines/<program>/.
 *
 *     npm run engines              all of them, in the order of need
 *     npm run engines helm sops    only these
 *
 * They go to ENGINES_DIR, build/engines by default. Skipped: a current build, or else the pinned version on PATH.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { engine, engineFile, enginesDir } from '../test/engines/find.mjs';

const order = 'kubeseal sops age kustomize actionlint gitleaks helm kyverno kube-apiserver istioctl'.split(
  ' ',
);
const env = { ...process.env, CGO_ENABLED: '0' };

function go(...args) {
  const { error, status, stdout, stderr } = spawnSync('go', args, { env, encoding: 'utf8' });
  if (error || status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

function linkerFlags({ Path, Version }) {
  if (Path !== 'k8s.io/kubernetes') return '-s -w';
  const [gitMajor, gitMinor] = Version.slice(1).split('.');
  const version = Object.entries({ gitVersion: Version, gitMajor, gitMinor });
  return version.reduce((flags, [k, v]) => `${flags} -X k8s.io/component-base/version.${k}=${v}`, '-s -w');
}

function isOnPath(name, version) {
  const ask = (flag) => spawnSync(name, [flag], { encoding: 'utf8', timeout: 5000 }).stdout ?? '';
  return ['--version', 'version'].some((flag) =>
    ask(flag)
      .match(/\d+(\.\d+)+/g)
      ?.includes(version.slice(1)),
  );
}

function provide(program) {
  const module = join(import.meta.dirname, '../test/engines', program);
  const { Tool, Require } = JSON.parse(go('-C', module, 'mod', 'edit', '-json'));
  const pin = Require.find(({ Path }) => `${Tool[0].Path}/`.startsWith(`${Path}/`));
  const tools = Tool.map(({ Path }) => ({ path: Path, name: Tool.length === 1 ? program : basename(Path) }));
  const sources = ['go.mod', 'go.sum'].map((file) => readFileSync(join(module, file)));
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex');
  const record = join(enginesDir, `${program}.sha256`);

  if (tools.every(({ name }) => existsSync(engineFile(name)))) {
    if (existsSync(record) && readFileSync(record, 'utf8') === hash) return 'current';
  } else if (tools.every(({ name }) => isOnPath(name, pin.Version))) return 'on PATH';

  const flags = ['-buildvcs=false', '-trimpath', `-ldflags=${linkerFlags(pin)}`];
  for (const { path, name } of tools) go('-C', module, 'build', ...flags, '-o', engineFile(name), path);
  writeFileSync(record, hash);
  return `built ${pin.Version}`;
}

for (const program of process.argv.length > 2 ? process.argv.slice(2) : order) {
  const start = Date.now();
  process.stdout.write(program.padEnd(16));
  try {
    console.log(provide(program), `(${Math.round((Date.now() - start) / 1000)} s)`);
  } catch (error) {
    console.log(`failed: ${error.message}`);
    process.exitCode = 1;
  }
}
console.log(
  `etcd            ${engine('etcd') ? 'on PATH' : 'missing: install the Debian package etcd-server'}`,
);
