import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import {
  containersOf,
  dig,
  hit,
  ofKind,
  podsSelected,
  records,
  selects,
  type Path,
  type PodClass,
} from '../../selectors.ts';
import { namespacesOf } from './namespaces.ts';

/**
 * A port by name is the one that the receiving pods give that name: with addresses at the other end, there is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ (`ports.port`)
 */
export const portName: Rule = {
  id: 'select/port-name',
  area: 'select',
  severity: 'error',
  title: 'A port that a network policy names is one of the receiving pods',
  why: 'A name that no container gives to a port means no port: the rule opens nothing, or one day whatever somebody names so.',
  fix: "Write the port's number, or the name that the containers give it.",
  *check(model) {
    for (const object of ofKind(model, 'networking.k8s.io/NetworkPolicy')) {
      for (const { rule, path, direction } of rulesOf(object)) {
        const receiving = direction === 'ingress' ? subjectOf(model, object) : peersOf(model, object, rule);
        for (const [index, { port }] of records(rule['ports']).entries())
          if (typeof port === 'string' && receiving && !receiving.some((pod) => names(pod, port)))
            yield hit(
              object,
              [...path, 'ports', index],
              `${nameOf(object)}: ${path.join('.')} names the port ${port}, which no pod at the receiving end has`,
            );
      }
    }
  },
};

const rulesOf = ({ body }: KubernetesObject) =>
  ['ingress', 'egress'].flatMap((direction) =>
    records(dig(body, 'spec', direction)).map((rule, index) => ({
      rule,
      direction,
      path: ['spec', direction, index] as Path,
    })),
  );

const subjectOf = (model: Model, { namespace, body }: KubernetesObject): PodClass[] =>
  podsSelected(model, namespace, dig(body, 'spec', 'podSelector'));

/** Pods at the far end; undefined where that may be anybody. */
function peersOf(
  model: Model,
  { namespace }: KubernetesObject,
  rule: Record<string, unknown>,
): PodClass[] | undefined {
  const peers = records(rule['to']);
  if (peers.length === 0) return undefined;
  return peers
    .filter((peer) => !peer['ipBlock'])
    .flatMap((peer) => {
      const namespaces = peer['namespaceSelector']
        ? namespacesOf(model).filter((one) => selects(peer['namespaceSelector'], one.labels))
        : [{ name: namespace }];
      return namespaces.flatMap((one) => podsSelected(model, one.name, peer['podSelector']));
    });
}

/** Of pods that no file shows, nobody here knows the names. */
const names = ({ template }: PodClass, name: string): boolean =>
  !template ||
  containersOf(template).some(({ container }) =>
    records(container['ports']).some((one) => one['name'] === name),
  );
