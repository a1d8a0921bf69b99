import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { bindingsOf, roleOf, rulesOf, subjectsOf } from './roles.ts';

const READS = ['get', 'list', 'watch'];
/** What the layer of the services is made of: `src/plan/services.ts`. */
const SERVICES = [
  'configmaps',
  'serviceaccounts',
  'services',
  'daemonsets',
  'deployments',
  'statefulsets',
  'cronjobs',
  'jobs',
  'poddisruptionbudgets',
  'httproutes',
];

export const rbacWrite: Rule = {
  id: 'enforce/rbac-write',
  area: 'enforce',
  severity: 'warning',
  title: 'Accounts of the platform write what they have to, where they have to',
  why: 'A right to write in every namespace, or to make pods beside the workloads in Git, is a way around every review.',
  fix: 'Bind the role in a namespace, or take the verb out; if it has to be, say why: `# zero-trust: ignore enforce/rbac-write REASON`.',
  *check(model) {
    for (const binding of bindingsOf(model)) {
      const role = roleOf(model, binding);
      if (!role) continue;
      if (binding.kind === 'ClusterRoleBinding') yield* everywhere(binding, role);
      else if (isOfNarrowLayer(model, binding)) yield* beside(binding, role);
    }
  },
};

/** Questions to the API server: to create one writes nothing. https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
const isReview = (resource: string) => /^(token|(self|local)?subject(access|rules))reviews$/.test(resource);

const writes = (role: KubernetesObject) =>
  rulesOf(role).flatMap((rule, index) => {
    const verbs = rule.verbs.filter((one) => !READS.includes(one));
    const resources = rule.resources.filter((one) => !isReview(one));
    return verbs.length && resources.length ? [{ ...rule, verbs, resources, index }] : [];
  });

function* everywhere(binding: KubernetesObject, role: KubernetesObject): Generator<Hit> {
  const names = subjectsOf(binding)
    .map((one) => one.name)
    .join(', ');
  for (const { verbs, resources } of writes(role))
    yield hit(
      binding,
      ['roleRef'],
      `${nameOf(binding)}: lets ${names} ${verbs.join(', ')} ${resources.join(', ')} in every namespace`,
    );
}

/** The account that applies the services may write their kinds and nothing else. */
function* beside(binding: KubernetesObject, role: KubernetesObject): Generator<Hit> {
  for (const { verbs, resources, index } of writes(role)) {
    const others = resources.filter((one) => !SERVICES.includes(one));
    if (others.length)
      yield hit(
        role,
        ['rules', index],
        `${nameOf(role)}: the account of the services may ${verbs.join(', ')} ${others.join(', ')} in ${binding.namespace}`,
      );
  }
}

function isOfNarrowLayer({ declared, layers }: Model, binding: KubernetesObject): boolean {
  const narrow = declared.layers.filter((one) => one.narrow).map((one) => one.name);
  const accounts = layers.filter((one) => narrow.includes(one.name)).map((one) => one.serviceAccount);
  return subjectsOf(binding).some((one) => accounts.includes(one.name));
}
