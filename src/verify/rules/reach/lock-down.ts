import type { Hit, KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, texts } from '../../selectors.ts';

/** What each of Flux's controllers must be told, and what it does without. https://fluxcd.io/flux/installation/configuration/multitenancy/ */
const ARGUMENTS: Record<string, [argument: RegExp, text: string, without: string][]> = {
  'kustomize-controller': [
    [
      /^--no-cross-namespace-refs(=true)?$/,
      '--no-cross-namespace-refs=true',
      'uses sources of any namespace',
    ],
    [/^--no-remote-bases(=true)?$/, '--no-remote-bases=true', 'applies files that it fetches from elsewhere'],
    [
      /^--default-service-account=./,
      '--default-service-account=default',
      'applies as cluster-admin what names no account',
    ],
  ],
  'helm-controller': [
    [/^--no-cross-namespace-refs(=true)?$/, '--no-cross-namespace-refs=true', 'uses charts of any namespace'],
    [
      /^--default-service-account=./,
      '--default-service-account=default',
      'installs as cluster-admin what names no account',
    ],
  ],
  'notification-controller': [
    [
      /^--no-cross-namespace-refs(=true)?$/,
      '--no-cross-namespace-refs=true',
      'reads objects of any namespace',
    ],
  ],
};

/** https://fluxcd.io/flux/installation/configuration/bootstrap-customization/ */
export const lockDown: Rule = {
  id: 'reach/lock-down',
  area: 'reach',
  severity: 'error',
  title: 'Flux is not locked down',
  why: 'Its controllers may do everything. Without these arguments a single object in any namespace can make them apply anything.',
  fix: 'Restore the patch in the kustomization.yaml of flux-system.',
  *check({ bootstrapped = [], layers, files }) {
    const list = `${layers[0]?.path}/flux-system/kustomization.yaml`;
    const file = files.has(list) ? list : undefined;
    for (const object of bootstrapped) {
      for (const message of problemsOf(object))
        yield { ...hit(object, [], message), ...(file && patchPlace(file)) };
    }
  },
};

/** The patches are what a person edits; the file that they patch belongs to Flux. */
const patchPlace = (file: string): Pick<Hit, 'file' | 'position'> => ({
  file,
  position: { line: 1, column: 1 },
});

function problemsOf(object: KubernetesObject): string[] {
  if (object.kind === 'Namespace')
    return object.labels['pod-security.kubernetes.io/enforce'] === 'restricted'
      ? []
      : [`${nameOf(object)} does not enforce the restricted Pod Security level`];
  if (object.kind !== 'Deployment') return [];
  const containers = records(dig(object.body, 'spec', 'template', 'spec', 'containers'));
  const given = containers.flatMap((one) => texts(one['args']));
  return (ARGUMENTS[object.name] ?? [])
    .filter(([pattern]) => !given.some((arg) => pattern.test(arg)))
    .map(([, argument, without]) => `${object.name} runs without ${argument}: it ${without}`);
}
