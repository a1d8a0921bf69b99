import type { KubernetesObject, Model } from '../../model.ts';
import { isObject } from '../../object.ts';
import { dig, isEmptySelector, records, selects, text } from '../../selectors.ts';
import { isBehindTls, isInFront } from '../select/gateway-service.ts';
import { gatewaysOf, listenersOf, type Listener } from '../select/gateways.ts';

/** Where a policy holds: the object that it names, and the part of it. */
export interface Target {
  kind: string;
  name: string;
  section: string;
}

/** Listeners that serve what is published: those that end TLS, or, where a Gateway in front does that, those of its hosts. */
export const publicListeners = (model: Model): Listener[] =>
  gatewaysOf(model)
    .filter((gateway) => !isInFront(model, gateway))
    .flatMap((gateway) => {
      const isBehind = isBehindTls(model, gateway);
      return listenersOf(gateway).filter(
        (one) => one.protocol === 'HTTPS' || (isBehind && one.hostname !== ''),
      );
    });

/** https://gateway-api.sigs.k8s.io/reference/policy-attachment/ */
export function targetsOf({ body }: KubernetesObject): Target[] {
  const one = dig(body, 'spec', 'targetRef');
  return [...(isObject(one) ? [one] : []), ...records(dig(body, 'spec', 'targetRefs'))].map((ref) => ({
    kind: text(ref['kind']),
    name: text(ref['name']),
    section: text(ref['sectionName']),
  }));
}

/** Whether a policy of the mesh holds for a Gateway: by name, or because it selects its pods. */
export function holdsFor(model: Model, policy: KubernetesObject, gateway: KubernetesObject): boolean {
  if (policy.namespace !== gateway.namespace) return false;
  const targets = targetsOf(policy);
  if (targets.length) return targets.some((one) => one.kind === 'Gateway' && one.name === gateway.name);
  const labels = dig(policy.body, 'spec', 'workloadSelector', 'labels');
  const selector = labels ? { matchLabels: labels } : dig(policy.body, 'spec', 'selector');
  const pods = model.declared.endpoints.find((one) => one.id === 'gateway');
  return isEmptySelector(selector) || (!!pods && selects(selector, pods.labels));
}

/** Of policies of one kind, the one that holds for a listener: the one that names it, before one for the whole Gateway. */
export function policyFor(
  policies: KubernetesObject[],
  { gateway, name }: Listener,
): KubernetesObject | undefined {
  const naming = (section: string) =>
    policies.find(
      (policy) =>
        policy.namespace === gateway.namespace &&
        targetsOf(policy).some(
          (one) => one.kind === 'Gateway' && one.name === gateway.name && one.section === section,
        ),
    );
  return naming(name) ?? naming('');
}

/** Policies that stand at a route in the place of the Gateway's: nothing of that is left there. */
export const replacing = (policies: KubernetesObject[]): KubernetesObject[] =>
  policies.filter(
    (policy) =>
      targetsOf(policy).some((one) => one.kind.endsWith('Route')) && !dig(policy.body, 'spec', 'mergeType'),
  );
