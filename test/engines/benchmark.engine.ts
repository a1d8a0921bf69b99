import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalog } from '../support.ts';
import { suite } from './suite.ts';
import { readUpstream } from './upstream.ts';

interface Provides {
  benchmark: string;
  benchmarkTargets: Record<string, string[]>;
  controlPlaneNodes: boolean;
}

suite('the benchmark', ['upstream'], () => {
  const { target_mapping: targets } = parse(readUpstream('kube-bench/other/config.yaml')) as {
    target_mapping: Record<string, string[]>;
  };
  const distributions = catalog.slots.find(({ name }) => name === 'distribution')!.components;

  test.each(distributions.map(({ name, provides }) => [name, provides as unknown as Provides] as const))(
    '[bench-targets] kube-bench knows what %s names',
    (_, { benchmark, benchmarkTargets, controlPlaneNodes }) => {
      const { controlPlane, node, cluster } = benchmarkTargets;
      expect(targets[benchmark]).toEqual(expect.arrayContaining(Object.values(benchmarkTargets).flat()));
      expect(controlPlane!.length > 0).toBe(controlPlaneNodes);
      expect([node!.length, cluster!.length]).not.toContain(0);
    },
  );
});
