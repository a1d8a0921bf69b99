import type { KubernetesObject } from '../model.ts';
import { nameOf } from '../object.ts';
import type { Context } from './context.ts';
import { entryFile, entryFolder, makeContext, resolveEntry } from './entries.ts';
import { generateObjects, withHashes } from './generate.ts';
import {
  isKustomization,
  kustomizationFile,
  kustomizationFiles,
  listOf,
  readKustomization,
} from './kustomization.ts';
import { folderOf, isBelow } from './paths.ts';
import type { Repository } from './repository.ts';
import { transform } from './transform.ts';

/** What a folder becomes, and every file that had a part in it. */
export interface Built {
  objects: KubernetesObject[];
  files: Set<string>;
}

/** What a GitOps engine adds to the kustomization of a folder: fields of the object at a path of it. */
export interface Overlay {
  object: KubernetesObject;
  at: string[];
  spec: Record<string, unknown>;
}

interface Step {
  repository: Repository;
  files: Set<string>;
  /** Kustomization files that are being built, outermost first. */
  within: string[];
  overlay?: Overlay | undefined;
  /** Kustomizations included so far, each as often as it is included. */
  included: { count: number };
}

/** Folders that include each other crosswise double at each level; no real layer comes near. */
const MAX_INCLUDED = 10_000;

/**
 * Builds a folder as Flux does: by its kustomization.yaml, else from every YAML file below it.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file
 */
export function build(repository: Repository, folder: string, overlay?: Overlay): Built {
  const files = new Set<string>();
  const step: Step = { repository, files, within: [], overlay, included: { count: 0 } };
  const file = kustomizationFile(repository, folder);
  const objects = file ? accumulate(step, file, []) : generatedFolder(step, folder);
  return { objects: withHashes(objects).filter((one) => isForCluster(repository, one)), files };
}

function generatedFolder(step: Step, folder: string): KubernetesObject[] {
  const objects = scan({ ...step, overlay: undefined }, folder);
  if (!step.overlay) return objects;
  return complete(step, objects, overlayContext(step, step.overlay, folder));
}

/** https://github.com/fluxcd/pkg/blob/main/kustomize/kustomize_generator.go (`scanManifests`) */
function scan(step: Step, folder: string): KubernetesObject[] {
  const { repository, files } = step;
  const below = [...repository.files.keys()].filter((file) => isBelow(file, folder));
  const own = below.filter((file) => kustomizationFile(repository, folderOf(file)) === file).map(folderOf);
  const bases = own.filter((one) => !own.some((other) => other !== one && isBelow(one, other)));
  const inBase = (file: string) => bases.some((base) => isBelow(file, base));
  const plain = below.filter((file) => /\.ya?ml$/.test(file) && !inBase(file));
  for (const file of plain) files.add(file);
  return [
    ...plain.flatMap((file) => manifests(repository, file)),
    ...bases.flatMap((base) => accumulate(step, kustomizationFile(repository, base)!, [])),
  ];
}

function manifests(repository: Repository, file: string): KubernetesObject[] {
  const objects = repository.parse(file);
  const refuse = (message: string, object?: KubernetesObject) =>
    repository.remark('no-manifest', {
      file,
      ...(object && { position: object.at(), object: nameOf(object) }),
      message,
    });
  const list = objects.find(isKustomization);
  if (list) refuse('a kustomization is applied as a folder, not as a file', list);
  const nameless = objects.find((one) => !one.name && !isKustomization(one));
  if (nameless) refuse(`the ${nameless.kind} has no name`, nameless);
  if (objects.length === 0 && repository.isSilent(file)) refuse('the file holds no Kubernetes object');
  return objects.filter((one) => one.name && !isKustomization(one));
}

/** Adds what a kustomization names to what there is, and transforms all of it: a component works on its parent's objects. */
function accumulate(step: Step, file: string, before: KubernetesObject[]): KubernetesObject[] {
  const { repository, files, overlay } = step;
  files.add(file);
  const kustomization = readKustomization(repository, file);
  const others = kustomizationFiles(repository, folderOf(file)).slice(1);
  if (others.length)
    repository.remark('no-manifest', {
      file,
      message: `${others.join(' and ')} is a second kustomization of the same folder`,
    });
  if (!kustomization) return before;
  if (step.within.includes(file)) {
    const way = [...step.within.slice(step.within.indexOf(file)), file].join(' → ');
    repository.remark('cycle', { file, message: `a kustomization includes itself: ${way}` });
    return before;
  }
  if (++step.included.count > MAX_INCLUDED) {
    if (step.included.count === MAX_INCLUDED + 1)
      repository.remark('cycle', {
        file,
        message: `the layer includes kustomizations more than ${MAX_INCLUDED} times`,
      });
    return before;
  }
  const inner: Step = { ...step, overlay: undefined, within: [...step.within, file] };
  const context = makeContext(step, {
    kustomization,
    spec: kustomization.body,
    at: [],
    folder: folderOf(file),
  });
  const objects = generateObjects(
    [...before, ...resources(inner, context, 'resources'), ...resources(inner, context, 'bases')],
    context,
  );
  const extra = overlay && overlayContext(step, overlay, context.folder);
  return complete(inner, objects, context, extra);
}

function overlayContext(step: Step, { object, at, spec }: Overlay, folder: string): Context {
  return makeContext(step, { kustomization: object, spec, at, folder });
}

/** Components, then transformers: of the kustomization, then of the engine. */
function complete(
  step: Step,
  objects: KubernetesObject[],
  context: Context,
  extra?: Context,
): KubernetesObject[] {
  const all = [context, ...(extra ? [extra] : [])];
  const withComponents = all
    .flatMap((one) => components(step, one))
    .reduce((done, file) => accumulate(step, file, done), objects);
  return transform(withComponents, context, extra);
}

function resources(step: Step, context: Context, field: string): KubernetesObject[] {
  return listOf(context.spec, field).flatMap((entry, index) => {
    const path = resolveEntry(step, context, [field, index], entry);
    if (path === undefined) return [];
    if (entryFile(step, path)) return manifests(step.repository, path);
    const file = entryFolder(step, context, [field, index], path);
    return file ? accumulate(step, file, []) : [];
  });
}

function components(step: Step, context: Context): string[] {
  return listOf(context.spec, 'components').flatMap((entry, index) => {
    const at = [...context.at, 'components', index];
    const path = resolveEntry(step, context, at, entry);
    const file = path === undefined ? undefined : entryFolder(step, context, at, path);
    return file ? [file] : [];
  });
}

/** Annotations with which kustomize and Flux leave an object out. */
const LEFT_OUT = [
  { key: 'config.kubernetes.io/local-config', value: /(?:)/ },
  { key: 'kustomize.toolkit.fluxcd.io/reconcile', value: /^disabled$/i },
  { key: 'kustomize.toolkit.fluxcd.io/ssa', value: /^ignore$/i },
];

function isForCluster(repository: Repository, object: KubernetesObject): boolean {
  const found = LEFT_OUT.find(
    ({ key, value }) => key in object.annotations && value.test(object.annotations[key]!),
  );
  if (!found) return true;
  const { file } = object;
  const position = object.at('metadata', 'annotations', found.key);
  const message = `the annotation ${found.key} keeps it out of the cluster`;
  repository.remark('left-out', {
    file,
    position,
    object: nameOf(object),
    message,
    fix: 'remove the annotation, or the object',
  });
  return false;
}
