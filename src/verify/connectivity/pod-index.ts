import { matches, namespaceNames, type PodMatch } from './label-selector.ts';
import type { Pod } from './types.ts';

export interface PodIndex {
  pods: Pod[];
  /** The pods that a selector means, without a look at all others. */
  find: (match: PodMatch) => Pod[];
  ofIdentity: (namespace: string, serviceAccount: string) => Pod[];
  ofNamespace: (namespace: string) => Pod[];
}

/** Whether a selector means a pod. One on its node's network is known by no label. */
export const meansPod = ({ namespaces, pods }: PodMatch, pod: Pod): boolean =>
  !pod.hostNetwork && matches(pods, pod.labels) && matches(namespaces, pod.namespaceLabels);

/** Pods by namespace, label and ServiceAccount. */
export function indexPods(pods: Pod[]): PodIndex {
  const byNamespace = groupBy(pods, (pod) => [pod.namespace]);
  const byLabel = groupBy(pods, (pod) =>
    Object.entries(pod.labels).map((label) => labelKey(pod.namespace, ...label)),
  );
  const byIdentity = groupBy(pods, (pod) => [`${pod.namespace}/${pod.serviceAccount}`]);
  const find = (match: PodMatch): Pod[] => {
    const label = match.pods.find(({ operator, values }) => operator === 'In' && values.length === 1);
    const candidates = (namespaceNames(match) ?? [...byNamespace.keys()]).flatMap(
      (name) =>
        (label ? byLabel.get(labelKey(name, label.key, label.values[0]!)) : byNamespace.get(name)) ?? [],
    );
    return candidates.filter((pod) => meansPod(match, pod));
  };
  return {
    pods,
    find,
    ofIdentity: (namespace, account) => byIdentity.get(`${namespace}/${account}`) ?? [],
    ofNamespace: (namespace) => byNamespace.get(namespace) ?? [],
  };
}

const labelKey = (namespace: string, key: string, value: string) => `${namespace} ${key}=${value}`;

export function groupBy<T>(items: Iterable<T>, keysOf: (item: T) => Iterable<string>): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}
