import { isKustomization } from './kustomization.ts';
import type { Repository } from './repository.ts';

/** Folders whose objects are on purpose for no cluster, or are applied by hand. */
const APART = /(^|\/)(tests?|\.github)\/|^(bootstrap|docs|\.zero-trust)\//;

/** Files that hold Kubernetes objects which nothing reaches. */
export function findUnreachable(repository: Repository, reached: Set<string>): string[] {
  return [...repository.files.keys()]
    .filter((file) => /\.ya?ml$/.test(file) && !reached.has(file) && !APART.test(file))
    .filter((file) => /apiVersion/.test(repository.files.get(file)!))
    .filter((file) => repository.parse(file).some((one) => !isKustomization(one) && !isTest(one)))
    .sort();
}

/** A test suite of the Kyverno command line. https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/ */
const isTest = ({ group, kind }: { group: string; kind: string }) =>
  group === 'cli.kyverno.io' && kind === 'Test';
