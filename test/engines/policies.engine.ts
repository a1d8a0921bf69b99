import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { run } from './process.ts';
import { pods } from './releases.ts';
import { coveringArray, documents, scenarios, type Repository } from './repositories.ts';
import { folder, suite } from './suite.ts';

const TESTS = 'security/kyverno/tests';

// The rule on signatures asks a registry: signatures.engine.ts.
const isPolicy = (path: string) =>
  !path.includes('/image-signatures') &&
  /^security\/kyverno\/[^/]+\.yaml$/.test(path) &&
  !path.endsWith('/kustomization.yaml');

const isException = (path: string) => path.startsWith('security/kyverno/exceptions/');

const isWorkload = (path: string) => path.startsWith('apps/') && !path.endsWith('/kustomization.yaml');

const kyvernoTest = (dir: string) =>
  run('kyverno', ['test', join(dir, TESTS), '--require-tests', '--remove-color']);

/** Each set of workloads once per mesh: what else changes the policies is the list of namespaces that they leave alone. */
function distinct(): Repository[] {
  const own = ({ files, plan }: Repository) =>
    JSON.stringify([plan.choices.mesh, ...[...files].filter(([path]) => isWorkload(path))]);
  const all = [...scenarios(), ...coveringArray()].filter(({ plan }) => plan.choices.policy === 'kyverno');
  return [...new Map(all.map((repository) => [own(repository), repository])).values()];
}

suite('admission policies', ['kyverno'], () => {
  test.each(scenarios().filter(({ plan }) => plan.choices.policy === 'kyverno'))(
    '[policy-set] of $name pass the tests that are shipped',
    ({ files }) => {
      const { status, all } = kyvernoTest(folder(files));
      expect(status, all).toBe(0);
      const [, passed] = /Test Summary: (\d+) tests passed and 0 tests failed/.exec(all) ?? [];
      expect(Number(passed), all).toBeGreaterThan(50);
    },
  );

  test('[pod-rest] admit every workload that is rendered', () => {
    let count = 0;
    for (const { name, files } of distinct()) {
      const workloads = documents(files, isWorkload).filter(({ object }) => pods([object]).length);
      if (!workloads.length) continue;
      const dir = folder(files);
      const paths = (is: (path: string) => boolean) =>
        [...files.keys()].filter(is).map((path) => join(dir, path));
      // What only reports lets a workload in.
      const isDenying = (path: string) => isPolicy(path) && / {4}- Deny$/m.test(files.get(path)!);
      const exceptions = paths((path) => isException(path) && path.endsWith('.yaml'));
      const args = [
        'apply',
        ...paths(isDenying),
        ...workloads.map(({ path }) => `--resource=${join(dir, path)}`),
      ];
      const { status, all } = run('kyverno', [
        ...args,
        ...exceptions.map((path) => `--exception=${path}`),
        '--remove-color',
      ]);
      const [, passed, failed, errors] = /pass: (\d+), fail: (\d+), warn: \d+, error: (\d+)/.exec(all) ?? [];
      expect({ name, status, failed, errors, all }).toMatchObject({ status: 0, failed: '0', errors: '0' });
      // Each workload was looked at by some rule at least.
      expect(Number(passed), `${name}: ${all}`).toBeGreaterThanOrEqual(workloads.length);
      count += workloads.length;
    }
    console.log(`${count} workloads admitted`);
  });

  test('that are weakened fail their tests', () => {
    const { files } = scenarios().find(({ name }) => name === 'default')!;
    const dir = folder(files);
    const policies = [...files.keys()].filter(isPolicy);
    for (const path of policies) {
      const document = parseDocument(readFileSync(join(dir, path), 'utf8'));
      document.setIn(['spec', 'validations'], [{ expression: 'true', message: 'weakened' }]);
      writeFileSync(join(dir, path), document.toString());
    }
    const { status, all } = kyvernoTest(dir);
    expect(status).not.toBe(0);
    const tested = policies
      .map((path) => path.replace(/^.*\/|\.yaml$/g, ''))
      .filter((name) => name !== 'debug-containers');
    const failing = tested.filter((name) => new RegExp(`│ ${name} .*│ Fail`).test(all));
    expect(failing, all).toEqual(tested);
  });
});
