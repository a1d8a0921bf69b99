import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { dig, hit, ofKind } from '../../selectors.ts';
import { amount } from '../../../plan/requests.ts';
import type { NamespacePlan } from '../../../types/plan.ts';

/** A quota bounds a namespace with the strictest value of all that it has: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export const quota: Rule = {
  id: 'enforce/quota',
  area: 'enforce',
  severity: 'error',
  title: 'Application namespaces have their quota',
  why: 'Without it one namespace can take the nodes from all others, and a Service of type LoadBalancer or NodePort is an entry beside the Gateway.',
  fix: 'Keep the ResourceQuota as it was rendered; another size is namespaces[].quota in zero-trust.yaml.',
  *check(model) {
    for (const namespace of model.declared.namespaces) yield* problemsOf(model, namespace);
  },
};

function* problemsOf(model: Model, { name, quota: declared }: NamespacePlan): Generator<Hit> {
  if (!declared) return;
  const all = ofKind(model, '/ResourceQuota').filter((one) => one.namespace === name && isWhole(one));
  const wanted = {
    'services.loadbalancers': '0',
    'services.nodeports': '0',
    'requests.cpu': declared.cpu,
    'requests.memory': declared.memory,
    pods: declared.pods,
  };
  for (const [key, most] of Object.entries(wanted)) {
    if (most === '' || all.some((one) => isAtMost(dig(one.body, 'spec', 'hard', key), most))) continue;
    yield problem(model, name, all[0], key, most);
  }
}

/** With scopes a quota counts some pods only. */
const isWhole = ({ body }: KubernetesObject) =>
  !dig(body, 'spec', 'scopes', 0) && !dig(body, 'spec', 'scopeSelector', 'matchExpressions', 0);

/** A quantity that cannot be read is no limit. */
const isAtMost = (value: unknown, most: string) =>
  /^\d+(\.\d+)?(m|[kMGT]|[KMGT]i)?$/.test(String(value)) && amount(String(value)) <= amount(most);

function problem(
  model: Model,
  name: string,
  object: KubernetesObject | undefined,
  key: string,
  most: string,
): Hit {
  const value = dig(object?.body, 'spec', 'hard', key);
  const message = `namespace ${name}: its quota ${value === undefined ? `does not limit ${key}` : `lets ${key} be ${String(value)}`}, declared is ${most}`;
  if (object) return hit(object, ['spec', 'hard', key], message);
  const home = ofKind(model, '/Namespace').find((one) => one.name === name);
  return home ? hit(home, ['metadata', 'name'], message) : { file: 'zero-trust.yaml', message };
}
