import type { KubernetesObject, Model } from '../../model.ts';
import { nameOf } from '../../object.ts';
import {
  dig,
  isEmptySelector,
  ofKind,
  podsSelected,
  records,
  text,
  withoutSources,
  type Path,
} from '../../selectors.ts';
import { namespacesOf } from './namespaces.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const KINDS = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].map((kind) => `cilium.io/${kind}`);

export interface Endpoints {
  object: KubernetesObject;
  path: Path;
  selector: unknown;
}

/** Peers of Cilium's policies that are pods. */
export const endpointPeers = (model: Model): Endpoints[] =>
  ofKind(model, ...KINDS).flatMap((object) =>
    ['ingress', 'egress', 'ingressDeny', 'egressDeny'].flatMap((direction) =>
      records(dig(object.body, 'spec', direction)).flatMap((rule, index) =>
        ['fromEndpoints', 'toEndpoints'].flatMap((end) =>
          records(rule[end]).map((selector, position) => ({
            object,
            selector,
            path: ['spec', direction, index, end, position],
          })),
        ),
      ),
    ),
  );

/** Peers, and the pods that a policy is for. */
export const endpointSelectors = (model: Model): Endpoints[] => [
  ...ofKind(model, ...KINDS).map((object) => ({
    object,
    path: ['spec', 'endpointSelector'],
    selector: dig(object.body, 'spec', 'endpointSelector'),
  })),
  ...endpointPeers(model),
];

/**
 * Why a peer of a CiliumNetworkPolicy is nobody. Without the label of a namespace it is of the policy's own:
 * https://docs.cilium.io/en/stable/security/policy/kubernetes/#namespaces
 */
export function nobody(model: Model, { object, path, selector }: Endpoints): string | undefined {
  const { matchLabels, ...expressions } = withoutSources(selector);
  const { [NAMESPACE]: named, ...labels } = matchLabels as Record<string, unknown>;
  const conditions = records(expressions['matchExpressions']);
  // Namespaces by conditions may be any, and whole namespaces somebody else's.
  if (conditions.some(({ key }) => text(key).startsWith('io.'))) return undefined;
  const pods = { matchLabels: labels, matchExpressions: conditions };
  const all = namespacesOf(model).map((one) => one.name);
  const clusterwide = object.namespace === '';
  const wanted = named ? [String(named)] : clusterwide ? all : [object.namespace];
  if (isEmptySelector(pods) && wanted.some((one) => all.includes(one))) return undefined;
  const isThere = (namespace: string) => podsSelected(model, namespace, pods).length > 0;
  if (wanted.some(isThere)) return undefined;
  const elsewhere = named || clusterwide ? undefined : all.find(isThere);
  const hint = elsewhere
    ? `; without the label k8s:${NAMESPACE} it is of ${object.namespace}, and such pods are in ${elsewhere}`
    : '';
  return `${nameOf(object)}: ${path.join('.')} matches no pod: ${JSON.stringify(selector)}${hint}`;
}
