import { toObject } from '../object.ts';
import type { KubernetesObject } from '../model.ts';
import type { Repository } from './repository.ts';

export const KUSTOMIZE = 'kustomize.config.k8s.io';
/** https://github.com/kubernetes-sigs/kustomize/blob/master/api/konfig/general.go */
const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export const isKustomization = (object: Pick<KubernetesObject, 'group' | 'kind'>): boolean =>
  object.group === KUSTOMIZE;

/** The kustomization file of a folder, if it has one. */
export const kustomizationFile = (repository: Repository, folder: string): string | undefined =>
  kustomizationFiles(repository, folder)[0];

/** All of them: kustomize refuses a folder with more than one. */
export const kustomizationFiles = ({ files }: Repository, folder: string): string[] =>
  NAMES.map((name) => (folder === '.' ? name : `${folder}/${name}`)).filter((file) => files.has(file));

/** Reads a kustomization file, which may leave out its apiVersion and kind. */
export function readKustomization(repository: Repository, file: string): KubernetesObject | undefined {
  const [found] = repository.parse(file);
  if (found) return found;
  const text = repository.files.get(file)!;
  const missing = ['apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization'].filter(
    (line) => !new RegExp(`^${line.split(':')[0]}:`, 'm').test(text),
  );
  if (missing.length === 0) return undefined;
  // At the end, so that positions stay.
  return repository.read(file, `${text}\n${missing.join('\n')}\n`)[0];
}

/** A list field of a body; anything else counts as empty. */
export const listOf = (body: Record<string, unknown>, field: string): unknown[] =>
  Array.isArray(body[field]) ? body[field] : [];

/** Names that objects had before a prefix, a suffix or a namespace; kustomize still finds them by these. */
const former = new WeakMap<KubernetesObject, string[]>();
export const namesOf = (object: KubernetesObject): string[] => [object.name, ...(former.get(object) ?? [])];

/** The same object with another body; positions stay those of its file. */
export function withBody(object: KubernetesObject, body: Record<string, unknown>): KubernetesObject {
  const changed = toObject(object.file, body, (path) => object.at(...path));
  const names = namesOf(object).filter((name) => name !== changed.name);
  if (names.length) former.set(changed, names);
  return changed;
}
