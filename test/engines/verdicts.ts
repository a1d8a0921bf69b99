import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from './cluster.ts';
import { run } from './process.ts';
import type { Repository } from './repositories.ts';
import { folder } from './suite.ts';

/** Names of the policies that an object breaks, by `Kind namespace/name`. */
export type Verdicts = Map<string, string[]>;

export const idOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;

const isYamlOf = (path: string, folder_: string) =>
  path.startsWith(`${folder_}/`) && path.endsWith('.yaml') && !path.endsWith('/kustomization.yaml');

function written(objects: KubeObject[]): string {
  return join(
    folder([['objects.yaml', objects.map((one) => JSON.stringify(one)).join('\n---\n')]]),
    'objects.yaml',
  );
}

function verdicts(pairs: (readonly [string, string])[]): Verdicts {
  const found = new Map<string, Set<string>>();
  for (const [id, policy] of pairs) found.set(id, (found.get(id) ?? new Set()).add(policy));
  return new Map([...found].map(([id, policies]) => [id, [...policies].sort()]));
}

interface KyvernoReport {
  results: {
    policy: string;
    result: string;
    message: string;
    resources: (KubeObject['metadata'] & { kind: string })[];
  }[];
}

/** What Kyverno says with the policies and exceptions of a repository. */
export function kyvernoVerdicts({ files }: Repository, objects: KubeObject[]): Verdicts {
  const dir = folder(files);
  const all = [...files.keys()].filter(
    (path) => isYamlOf(path, 'security/kyverno') && !path.includes('/tests/'),
  );
  const isException = (path: string) => path.includes('/exceptions/');
  const { stdout, all: said } = run('kyverno', [
    'apply',
    // Only judges requests for subresources, which the command line knows nothing of.
    ...all
      .filter((path) => !isException(path) && !path.includes('debug-containers'))
      .map((path) => join(dir, path)),
    `--resource=${written(objects)}`,
    ...all.filter(isException).map((path) => `--exception=${join(dir, path)}`),
    '--policy-report',
  ]);
  const start = stdout.indexOf('apiVersion:');
  if (start < 0) throw new Error(said);
  const { results } = parse(stdout.slice(start)) as KyvernoReport;
  const errors = results.filter(({ result }) => result === 'error');
  if (errors.length) throw new Error(JSON.stringify(errors));
  return verdicts(
    results
      .filter(({ result }) => ['fail', 'warn'].includes(result))
      .flatMap(({ policy, resources }) =>
        resources.map((one) => [idOf({ kind: one.kind, metadata: one }), policy] as const),
      ),
  );
}

interface GatorResult {
  constraint: KubeObject;
  violatingObject: KubeObject;
  msg: string;
}

/** What Gatekeeper says with the templates, constraints and expansions of a repository. */
export function gatekeeperVerdicts({ files }: Repository, objects: KubeObject[]): Verdicts {
  const dir = folder(files);
  const rules = [...files.keys()].filter(
    (path) => isYamlOf(path, 'security/opa-gatekeeper') && !path.includes('/tests/'),
  );
  const { stdout, all } = run('gator', [
    'test',
    ...rules.map((path) => `--filename=${join(dir, path)}`),
    `--filename=${written(objects)}`,
    '--output=json',
  ]);
  if (!stdout.trim()) throw new Error(all);
  return verdicts(
    ((JSON.parse(stdout) as GatorResult[] | null) ?? []).map(
      ({ constraint, violatingObject }) => [idOf(violatingObject), constraint.metadata.name] as const,
    ),
  );
}
