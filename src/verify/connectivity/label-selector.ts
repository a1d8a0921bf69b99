import { dig, records } from '../selectors.ts';

export type Labels = Record<string, string>;

/** One condition of a label selector; `matchLabels` are conditions that allow one value. */
export interface Requirement {
  key: string;
  operator: string;
  values: string[];
}

/** Pods by conditions on the labels of their namespace and on their own; no condition means every one. */
export interface PodMatch {
  namespaces: Requirement[];
  pods: Requirement[];
}

/** The label that the API server writes into every namespace: its name (kubernetes.io, "Labels, Annotations and Taints"). */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

export const oneOf = (key: string, ...values: string[]): Requirement => ({ key, operator: 'In', values });
export const inNamespace = (...names: string[]): Requirement[] => [oneOf(NAMESPACE_NAME, ...names)];

/** The conditions of a label selector; an empty or absent one has none and so selects everything. */
export function requirementsOf(selector: unknown): Requirement[] {
  const labels = dig(selector, 'matchLabels');
  return [
    ...Object.entries(labels && typeof labels === 'object' ? labels : {}).map(([key, value]) =>
      oneOf(key, String(value)),
    ),
    ...records(dig(selector, 'matchExpressions')).map(({ key, operator, values }) => ({
      key: String(key),
      operator: String(operator),
      values: Array.isArray(values) ? values.map(String) : [],
    })),
  ];
}

/** Whether labels meet every condition. An operator that does not exist is never met. */
export function matches(requirements: Requirement[], labels: Labels): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return operator === 'NotIn' && (value === undefined || !values.includes(value));
  });
}

/** The names that a condition on the namespace's name leaves; undefined where any name may do. */
export const namespaceNames = ({ namespaces }: PodMatch): string[] | undefined =>
  namespaces.find(({ key, operator }) => key === NAMESPACE_NAME && operator === 'In')?.values;

/** Labels that meet the conditions, as somebody could write them on a pod. */
export function exampleLabels(requirements: Requirement[]): Labels {
  const wanted = requirements.filter(({ operator }) => operator === 'In' || operator === 'Exists');
  return Object.fromEntries(wanted.map(({ key, values }) => [key, values[0] ?? 'any']));
}

/** `app=web`, or nothing for no conditions. */
export const formatLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
