import type { Files } from '../../types/files.ts';
import { isKustomization, kustomizationFile } from './kustomization.ts';
import { folderOf, isBelow } from './paths.ts';
import type { Repository } from './repository.ts';

/** Folders whose objects are on purpose for no cluster, or are applied by hand. */
const APART = /(^|\/)(tests?|\.github)\/|^(bootstrap|docs|\.zero-trust)\//;

/** Files that hold Kubernetes objects which nothing reaches. Templates of a chart are text until Helm has rendered them. */
export function findUnreachable(files: Files, repository: Repository, reached: Set<string>): string[] {
  const charts = [...files.keys()].filter((file) => /(^|\/)Chart\.yaml$/.test(file)).map(folderOf);
  // Below a list that cannot be read nobody can tell; the list itself is reported.
  const unread = repository.problems
    .filter(({ file }) => kustomizationFile(repository, folderOf(file)) === file)
    .map(({ file }) => folderOf(file));
  return [...files.keys()]
    .filter((file) => /\.ya?ml$/.test(file) && !reached.has(file) && !APART.test(file))
    .filter((file) => !charts.some((chart) => isBelow(file, chart)))
    .filter((file) => !unread.some((folder) => isBelow(file, folder)))
    .filter((file) => files.get(file)!.includes('apiVersion'))
    .filter((file) => objectsOf(file, files, repository).some((one) => !isKustomization(one) && !isTest(one)))
    .sort();
}

const objectsOf = (file: string, files: Files, repository: Repository) =>
  repository.files.has(file) ? repository.parse(file) : repository.read(file, files.get(file)!);

/**
 * A test suite of a command line. https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/ and
 * https://open-policy-agent.github.io/gatekeeper/website/docs/gator#writing-test-suites
 */
const isTest = ({ group, kind }: { group: string; kind: string }) =>
  (group === 'cli.kyverno.io' && kind === 'Test') || (group === 'test.gatekeeper.sh' && kind === 'Suite');
