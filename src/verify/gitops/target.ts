import { isObject } from '../object.ts';
import type { KubernetesObject } from '../model.ts';
import { namesOf } from './kustomization.ts';
import { isClusterWide } from './scope.ts';

/**
 * Whether the target of a patch selects an object: regular expressions that must match in full, and selectors.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 *
 * @throws SyntaxError for an expression that is none
 */
export function isTarget(object: KubernetesObject, target: Record<string, unknown>): boolean {
  const version = object.apiVersion.split('/').at(-1)!;
  const values = { ...object, version, namespace: effectiveNamespace(object) };
  const fields = ['group', 'version', 'kind', 'namespace'] as const;
  return (
    namesOf(object).some((name) => matches(target['name'], name)) &&
    fields.every((field) => matches(target[field], values[field])) &&
    selects(target['labelSelector'], object.labels) &&
    selects(target['annotationSelector'], object.annotations)
  );
}

/** Objects without a namespace count as those of `default`. */
export const effectiveNamespace = (object: KubernetesObject): string =>
  isClusterWide(object) ? '' : object.namespace || 'default';

/** A repeated group that holds a repetition: Go matches it in linear time, JavaScript may not come back. */
const BACKTRACKS = /\([^()]*[+*{][^()]*\)[+*{]/;

function matches(pattern: unknown, value: string): boolean {
  if (pattern === undefined || pattern === '') return true;
  if (BACKTRACKS.test(String(pattern)))
    throw new SyntaxError('a repeated group holds a repetition, which is not followed');
  return new RegExp(`^(?:${String(pattern)})$`).test(value);
}

/** A selector as kubectl writes it: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
function selects(selector: unknown, labels: Record<string, string>): boolean {
  if (typeof selector !== 'string' || !selector.trim()) return true;
  return selector.split(/,(?![^(]*\))/).every((term) => holds(term.trim(), labels));
}

function holds(term: string, labels: Record<string, string>): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const isIn = set[3]!.split(',').some((value) => value.trim() === labels[set[1]!]);
    return isIn === (set[2] === 'in');
  }
  const equal = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(term);
  if (equal) return (labels[equal[1]!] === equal[3]) === (equal[2] !== '!=');
  return term.startsWith('!') ? !(term.slice(1).trim() in labels) : term in labels;
}

export const targetOf = (entry: Record<string, unknown>): Record<string, unknown> | undefined =>
  isObject(entry['target']) ? entry['target'] : undefined;
