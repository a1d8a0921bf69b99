import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import type { Context } from './context.ts';
import { applyImages, applyReplicas } from './images.ts';
import { listOf } from './kustomization.ts';
import { applyLabels } from './labels.ts';
import { rename } from './names.ts';
import { applyJsonPatches, applyPatches } from './patches.ts';
import { setNamespace } from './namespace.ts';

/** Fields of a kustomization that change what it builds in ways that are not followed here. */
const NOT_FOLLOWED = [
  'configurations',
  'crds',
  'generators',
  'helmCharts',
  'helmChartInflationGenerator',
  'openapi',
  'replacements',
  'transformers',
  'validators',
  'vars',
];

/**
 * What a kustomization does to its objects, in kustomize's order. What the engine adds goes into the same steps.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/target/kusttarget_configplugin.go (`configureBuiltinTransformers`)
 */
export function transform(
  objects: KubernetesObject[],
  context: Context,
  extra?: Context,
): KubernetesObject[] {
  for (const field of NOT_FOLLOWED.filter((one) => one in context.spec))
    context.remark(
      'not-followed',
      [...context.at, field],
      `${field} changes objects in a way that is not read here`,
    );
  const spec = extra ? merged(context.spec, extra.spec) : context.spec;
  let done = applyPatches(objects, context);
  if (extra) done = applyPatches(done, extra);
  done = setNamespace(done, spec['namespace']);
  done = affix(done, text(spec['namePrefix']), text(spec['nameSuffix']));
  done = applyLabels(done, spec);
  done = applyJsonPatches(done, context);
  done = applyReplicas(done, spec);
  return applyImages(done, spec);
}

/** Flux writes its fields over those of the file. https://github.com/fluxcd/pkg/blob/main/kustomize/kustomize_generator.go */
function merged(spec: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const fields = ['namespace', 'namePrefix', 'nameSuffix'].filter((field) => text(over[field]));
  const images = listOf(over, 'images').filter(isObject);
  const kept = listOf(spec, 'images').filter(
    (one) => !isObject(one) || !images.some((other) => other['name'] === one['name']),
  );
  const changed = images.map((image) => {
    const old = listOf(spec, 'images').find((one) => isObject(one) && one['name'] === image['name']) as
      Record<string, unknown> | undefined;
    const { newTag: _tag, digest: _digest, ...rest } = old ?? {};
    return image['newTag'] || image['digest'] ? { ...rest, ...image } : { ...old, ...image };
  });
  return {
    ...spec,
    ...Object.fromEntries(fields.map((field) => [field, over[field]])),
    images: [...kept, ...changed],
  };
}

const UNNAMED = new Set(['Namespace', 'CustomResourceDefinition', 'APIService']);

function affix(objects: KubernetesObject[], prefix: string, suffix: string): KubernetesObject[] {
  if (!prefix && !suffix) return objects;
  return rename(objects, ({ kind, name, namespace }) => ({
    name: UNNAMED.has(kind) ? name : `${prefix}${name}${suffix}`,
    namespace,
  }));
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
