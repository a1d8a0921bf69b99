import type { KubernetesObject, Layer } from '../model.ts';
import { isObject, toObject } from '../object.ts';
import { build, type Built } from './build.ts';
import { isBootstrapFile } from './flux-bootstrap.ts';
import { listOf } from './kustomization.ts';
import { applyCommonMetadata } from './labels.ts';
import { isBelow, within } from './paths.ts';
import type { Repository } from './repository.ts';
import { substitute } from './substitute.ts';

export const FLUX = 'kustomize.toolkit.fluxcd.io';
/** Name and namespace of the source and the Kustomization that `flux bootstrap` makes. */
export const ENTRY = 'flux-system';

export const isFluxKustomization = (one: Pick<KubernetesObject, 'group' | 'kind'>): boolean =>
  one.group === FLUX && one.kind === 'Kustomization';

/** What a GitOps engine applies, and the objects of the engine itself. */
export interface Applied {
  layers: Layer[];
  bootstrapped: KubernetesObject[];
}

/**
 * The layers of a cluster as Flux applies them: the entry that `flux bootstrap` makes, then every Kustomization that a layer holds.
 * https://fluxcd.io/flux/installation/bootstrap/ and https://fluxcd.io/flux/components/kustomize/kustomizations/
 */
export function readFlux(repository: Repository, entry: string): Applied {
  const built = build(repository, entry);
  const bootstrapped = built.objects.filter((one) => isBootstrapFile(one.file));
  const own = { ...built, objects: built.objects.filter((one) => !isBootstrapFile(one.file)) };
  const root = bootstrapped.find((one) => isFluxKustomization(one) && one.name === ENTRY);
  const layers = [toLayer(root ?? entryObject(repository, entry), entry, own)];
  const known = new Set([`${ENTRY}/${ENTRY}`]);
  for (const { objects } of layers) {
    for (const object of objects.filter(isFluxKustomization)) {
      const id = `${object.namespace}/${object.name}`;
      if (known.has(id)) continue;
      known.add(id);
      layers.push(readLayer(repository, object));
    }
  }
  return { layers, bootstrapped };
}

/** What applies an entry that was not bootstrapped in the usual way. */
function entryObject({ files }: Repository, entry: string): KubernetesObject {
  const file = [...files.keys()].find((one) => isBelow(one, entry)) ?? entry;
  const body = {
    apiVersion: `${FLUX}/v1`,
    kind: 'Kustomization',
    metadata: { name: ENTRY, namespace: ENTRY },
    spec: { path: entry, prune: true, sourceRef: { kind: 'GitRepository', name: ENTRY } },
  };
  return toObject(file, body, () => ({ line: 1, column: 1 }));
}

function readLayer(repository: Repository, object: KubernetesObject): Layer {
  const spec = specOf(object);
  const nothing = { objects: [], files: new Set<string>() };
  if (!isOwnSource(spec)) return toLayer(object, '', nothing);
  // Flux keeps a path within the artifact; `./` is its root. https://fluxcd.io/flux/components/kustomize/kustomizations/#path
  const path = within('.', text(spec['path']) || '.');
  if (path === undefined || !repository.isFolder(path)) return toLayer(object, path ?? '', nothing);
  const built = build(repository, path, {
    object,
    at: ['spec'],
    spec: { ...spec, namespace: spec['targetNamespace'] },
  });
  const objects = substitute(applyCommonMetadata(built.objects, spec['commonMetadata']), spec['postBuild']);
  return toLayer(object, path, { ...built, objects });
}

/** Whether a layer's source is the repository itself. */
export const isOwnSource = (spec: Record<string, unknown>): boolean => {
  const source = isObject(spec['sourceRef']) ? spec['sourceRef'] : {};
  return source['kind'] === 'GitRepository' && source['name'] === ENTRY;
};

function toLayer(object: KubernetesObject, path: string, { objects, files }: Built): Layer {
  const spec = specOf(object);
  return {
    name: object.name,
    object,
    path,
    dependsOn: listOf(spec, 'dependsOn')
      .filter(isObject)
      .map((one) => text(one['name'])),
    waits: spec['wait'] === true,
    prunes: spec['prune'] === true,
    serviceAccount: text(spec['serviceAccountName']),
    ready: listOf(spec, 'healthCheckExprs')
      .filter(isObject)
      .map((one) => `${groupOf(text(one['apiVersion']))}/${text(one['kind'])}`),
    decrypts: isObject(spec['decryption']),
    files: [...files].sort(),
    objects,
  };
}

export const specOf = ({ body }: Pick<KubernetesObject, 'body'>): Record<string, unknown> =>
  isObject(body['spec']) ? body['spec'] : {};
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');
const text = (value: unknown) => (typeof value === 'string' ? value : '');
