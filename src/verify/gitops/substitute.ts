import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { withBody } from './kustomization.ts';

const DISABLED = 'kustomize.toolkit.fluxcd.io/substitute';

/**
 * Replaces variables as Flux does after the build. Values that a ConfigMap or Secret of the cluster gives stay as they are.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substitute(objects: KubernetesObject[], postBuild: unknown): KubernetesObject[] {
  if (!isObject(postBuild)) return objects;
  const values = isObject(postBuild['substitute']) ? postBuild['substitute'] : {};
  return objects.map((object) =>
    isSubstituted(object)
      ? withBody(object, replace(object.body, values) as Record<string, unknown>)
      : object,
  );
}

/** Whether an object of a layer with variables takes part. */
export const isSubstituted = ({ labels, annotations }: KubernetesObject): boolean =>
  ![labels[DISABLED], annotations[DISABLED]].includes('disabled');

function replace(value: unknown, values: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => replace(item, values));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, values)]));
  if (typeof value !== 'string' || !value.includes('$')) return value;
  const text = value.replaceAll(
    /\$?\$\{(\w+)(?::?[-=]([^}]*))?\}/g,
    (found, name: string, fallback: string | undefined) => {
      if (found.startsWith('$$')) return found.slice(1);
      return Object.hasOwn(values, name) ? String(values[name]) : (fallback ?? found);
    },
  );
  // Unquoted, so that a number becomes one.
  if (/^\$\{[^}]*\}$/.test(value) && /^(\d+|true|false)$/.test(text)) return JSON.parse(text) as unknown;
  return text;
}
