import type { Model } from '../../model.ts';
import { text, ofKind } from '../../selectors.ts';

interface Namespace {
  name: string;
  labels: Record<string, string>;
}

const cache = new WeakMap<Model, Namespace[]>();

/**
 * Namespaces that selectors can select: those of the repository, and those of others that the graph names.
 * Each has its name as a label: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
 */
export function namespacesOf(model: Model): Namespace[] {
  const found = cache.get(model);
  if (found) return found;
  const { declared } = model;
  const made = ofKind(model, '/Namespace');
  const names = new Set(made.map((one) => one.name));
  const others = [
    ...declared.exempt,
    'default',
    text(declared.inputs['scraperNamespace']),
    ...declared.outside.flatMap((one) => one.ends.map((end) => end.namespace)),
  ];
  const namespaces = [
    ...made.map(({ name, labels }) => ({ name, labels })),
    ...others.filter((name) => name && !names.has(name)).map((name) => ({ name, labels: {} })),
  ].map(({ name, labels }) => ({ name, labels: { ...labels, 'kubernetes.io/metadata.name': name } }));
  cache.set(model, namespaces);
  return namespaces;
}
