import type { KubernetesObject, Model } from '../model.ts';
import { NAMESPACE_NAME, namespaceNames, type Labels, type PodMatch } from './label-selector.ts';

/** Stands for a namespace that the repository does not know, with no label but its name. */
export const STRANGER = 'any other namespace';

export interface Namespaces {
  objectOf: (namespace: string) => KubernetesObject | undefined;
  labelsOf: (namespace: string) => Labels;
  annotationsOf: (namespace: string) => Labels;
  /** Whether the repository, not the cluster or its GitOps engine, rules over the namespace. */
  isOwned: (namespace: string) => boolean;
  /** Owned ones, those of others that the graph or a policy names, and one for all the rest. */
  names: string[];
  /** Namespaces whose network the graph lets open for now: their stage is audit. */
  isAudited: (namespace: string) => boolean;
}

/** Every namespace that policies can tell apart. */
export function namespacesOf(model: Model, named: PodMatch[]): Namespaces {
  const { declared } = model;
  const objects = new Map(
    model.objects
      .filter((one) => one.kind === 'Namespace' && one.group === '')
      .map((one) => [one.name, one] as const),
  );
  const engine = String(declared.provides['gitops']?.['namespace'] ?? '');
  const foreign = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'default', engine]);
  const owned = new Set([
    ...declared.namespaces.map((one) => one.name),
    ...[...objects.keys()].filter((name) => !foreign.has(name)),
  ]);
  const audited = new Set(
    declared.namespaces.filter((one) => one.stages.network === 'audit').map((one) => one.name),
  );
  return {
    objectOf: (name) => objects.get(name),
    labelsOf: (name) => ({ ...objects.get(name)?.labels, [NAMESPACE_NAME]: name }),
    annotationsOf: (name) => objects.get(name)?.annotations ?? {},
    isOwned: (name) => owned.has(name),
    isAudited: (name) => audited.has(name),
    names: [
      ...new Set([
        ...owned,
        ...declared.flows.flatMap(({ from, to }) => [from.namespace, to.namespace]).filter(Boolean),
        ...named.flatMap((match) => namespaceNames(match) ?? []),
        STRANGER,
      ]),
    ],
  };
}
