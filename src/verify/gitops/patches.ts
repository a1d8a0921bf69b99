import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { printable } from '../printable.ts';
import type { Context } from './context.ts';
import { jsonPatch, PatchError } from './json-patch.ts';
import { listOf, withBody } from './kustomization.ts';
import { strategicMerge } from './strategic-merge.ts';
import { effectiveNamespace, isTarget, targetOf } from './target.ts';

/** A patch as a kustomization names it: inline or a file, for a target or for the object that it names itself. */
interface Patch {
  text: string;
  target: Record<string, unknown> | undefined;
  at: (string | number)[];
}

/** `patchesStrategicMerge`, then `patches`. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ */
export const applyPatches = (objects: KubernetesObject[], context: Context): KubernetesObject[] =>
  [...patchesOf(context, 'patchesStrategicMerge'), ...patchesOf(context, 'patches')].reduce(
    (done, patch) => applyPatch(done, patch, context),
    objects,
  );

/** `patchesJson6902`, which come after labels and names. */
export const applyJsonPatches = (objects: KubernetesObject[], context: Context): KubernetesObject[] =>
  patchesOf(context, 'patchesJson6902').reduce((done, patch) => applyPatch(done, patch, context), objects);

function patchesOf(context: Context, field: string): Patch[] {
  return listOf(context.spec, field).flatMap((entry, index) => {
    const at = [...context.at, field, index];
    if (typeof entry === 'string') {
      const text = /\n|^\s*[{[]/.test(entry) ? entry : context.readFile(entry, at);
      return text === undefined ? [] : [{ text, target: undefined, at }];
    }
    if (!isObject(entry)) return [];
    const { patch, path } = entry;
    const inline =
      typeof patch === 'string' ? patch : Array.isArray(patch) ? JSON.stringify(patch) : undefined;
    const text = inline ?? context.readFile(path, [...at, 'path']);
    return text === undefined ? [] : [{ text, target: targetOf(entry), at }];
  });
}

function applyPatch(objects: KubernetesObject[], patch: Patch, context: Context): KubernetesObject[] {
  try {
    const contents = parse(patch.text);
    const operations = contents.find(Array.isArray);
    if (operations && !patch.target) throw new PatchError('a JSON patch needs a target');
    if (operations) return toTargets(objects, patch, context, (object) => jsonPatch(object.body, operations));
    return contents.filter(isObject).reduce((done, body) => merge(done, body, patch, context), objects);
  } catch (error) {
    if (!(error instanceof PatchError || error instanceof SyntaxError)) throw error;
    context.remark(
      'failed-patch',
      patch.at,
      `the patch cannot be applied, so nothing of ${context.folder} is: ${error.message}`,
    );
    return objects;
  }
}

function merge(
  objects: KubernetesObject[],
  body: Record<string, unknown>,
  patch: Patch,
  context: Context,
): KubernetesObject[] {
  const apply = (object: KubernetesObject) =>
    strategicMerge(object.body, withoutIdentity(body, object), object);
  if (patch.target) return toTargets(objects, patch, context, apply);
  const named = withBody(context.kustomization, body);
  const isNamed = (one: KubernetesObject) =>
    one.apiVersion === named.apiVersion &&
    one.kind === named.kind &&
    one.name === named.name &&
    effectiveNamespace(one) === effectiveNamespace(named);
  return change(objects, patch, context, isNamed, apply);
}

/** A patch for a target may name any object: only what it says beside the name counts. */
function withoutIdentity(body: Record<string, unknown>, object: KubernetesObject): Record<string, unknown> {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const { name, namespace } = isObject(object.body['metadata']) ? object.body['metadata'] : {};
  const kept = Object.fromEntries(
    Object.entries({ name, namespace }).filter(([, value]) => value !== undefined),
  );
  const { namespace: _given, ...rest } = metadata;
  return { ...body, apiVersion: object.apiVersion, kind: object.kind, metadata: { ...rest, ...kept } };
}

const toTargets = (
  objects: KubernetesObject[],
  patch: Patch,
  context: Context,
  apply: (object: KubernetesObject) => Record<string, unknown> | undefined,
) => change(objects, patch, context, (object) => isTarget(object, patch.target!), apply);

function change(
  objects: KubernetesObject[],
  patch: Patch,
  context: Context,
  isMeant: (object: KubernetesObject) => boolean,
  apply: (object: KubernetesObject) => Record<string, unknown> | undefined,
): KubernetesObject[] {
  let hits = 0;
  const changed = objects.flatMap((object) => {
    if (!isMeant(object)) return [object];
    hits++;
    const body = apply(object);
    return body ? [withBody(object, body)] : [];
  });
  if (hits === 0) context.remark('idle-patch', patch.at, 'the patch matches no object');
  return changed;
}

function parse(text: string): unknown[] {
  const documents = parseAllDocuments(text);
  return (Array.isArray(documents) ? documents : []).map((document) => {
    const [error] = document.errors;
    if (error) throw new PatchError(error.message.split('\n')[0]!);
    try {
      return printable(document.toJS({ maxAliasCount: 1000 }) as unknown);
    } catch (error_) {
      throw new PatchError((error_ as Error).message);
    }
  });
}
