import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { differences, ENV, ROOT, run, sharedFolder, tempFolder } from './cli/support.ts';

/** A scaffolder alone was to stay below 250 kB; `verify` and its rules are the rest. */
const MAX_BYTES = 450_000;

const folder = sharedFolder();
let tarball: string;
let packed: { files: { path: string; size: number; mode: number }[]; size: number; filename: string };

/** npm as it is on any machine, cut off from its configuration and from the network. */
function npm(command: 'npm' | 'npx', args: string[], cwd: string) {
  const settings = {
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
  };
  return execa(command, args, {
    cwd,
    env: { ...ENV, ...settings, HOME: folder },
    extendEnv: false,
    stdin: 'ignore',
    timeout: 60_000,
  });
}

beforeAll(async () => {
  writeFileSync(join(folder, 'npmrc'), '');
  // The tests' own set-up has built it.
  const { stdout } = await npm(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    ROOT,
  );
  [packed] = JSON.parse(stdout);
  tarball = join(folder, packed.filename);
});

const manifest = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the tarball', () => {
  test('holds what runs, README and LICENSE, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !/^dist\/\w+\.cjs$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin/create-zero-trust.cjs',
      'package.json',
    ]);
    expect(paths).toContain('dist/cli.cjs');
    expect(paths.filter((path) => path.startsWith('dist/')).sort()).toEqual(
      readdirSync(join(ROOT, 'dist'))
        .map((name) => `dist/${name}`)
        .sort(),
    );
    expect(packed.files.every(({ size }) => size > 0)).toBe(true);
  });

  test('is small', () => {
    expect(statSync(tarball).size).toBe(packed.size);
    expect(packed.size).toBeLessThanOrEqual(MAX_BYTES);
  });

  test('needs no other package', () => {
    const { dependencies, peerDependencies, optionalDependencies, bundleDependencies } = manifest();
    for (const one of [dependencies, peerDependencies, optionalDependencies, bundleDependencies])
      expect(Object.keys(one ?? {})).toEqual([]);
  });

  test('runs no script when it is installed', () => {
    for (const name of ['preinstall', 'install', 'postinstall'])
      expect(manifest().scripts).not.toHaveProperty(name);
  });

  test('holds no path of the machine that built it', () => {
    for (const { path } of packed.files) {
      const text = readFileSync(join(ROOT, path), 'utf8');
      for (const trace of [`${resolve(ROOT)}${sep}`, 'sourceMappingURL'])
        expect([path, text.includes(trace)]).toEqual([path, false]);
    }
  });
});

describe('installed into an empty folder, offline', () => {
  let project: string;
  beforeAll(async () => {
    project = join(folder, 'project');
    mkdirSync(project);
    await npm('npm', ['install', '--no-audit', '--no-fund', tarball], project);
  });

  test('it is one package', () => {
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'create-zero-trust',
    ]);
    expect(readdirSync(join(project, 'node_modules/create-zero-trust')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'package.json',
    ]);
  });

  test('npx runs it', async () => {
    const { stdout } = await npm('npx', ['--offline', 'create-zero-trust', '--version'], project);
    expect(stdout).toBe(manifest().version);
  });

  test('it renders what a checkout renders', async () => {
    const { stdout } = await npm('npx', ['--offline', 'create-zero-trust', 'shop', '--yes'], project);
    expect(stdout).toBe(join(project, 'shop'));
    const checkout = tempFolder();
    await run(checkout, ['shop', '--yes']);
    expect(differences(join(checkout, 'shop'), join(project, 'shop'))).toEqual([]);
  });
});
