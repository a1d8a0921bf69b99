import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { bindingsOf, roleOf, rulesOf, subjectsOf } from './roles.ts';

type Service = Model['declared']['services'][number];

/** Rights one by one, so that two lists can be compared: a list of names, groups or verbs is as many rights. */
const rights = (one: {
  apiGroups: string[];
  resources: string[];
  names: string[];
  verbs: string[];
}): string[] =>
  one.apiGroups.flatMap((group) =>
    one.resources.flatMap((resource) =>
      one.verbs.flatMap((verb) =>
        (one.names.length ? one.names : ['']).map(
          (name) => `${verb} ${resource}${group && `.${group}`}${name && ` ${name}`}`,
        ),
      ),
    ),
  );

/** What accounts of services may do, compared with `kubernetesApi` in the graph. */
export const grants: Rule = {
  id: 'enforce/grants',
  area: 'enforce',
  severity: 'error',
  title: 'A service may do with the Kubernetes API what the graph declares',
  why: 'A right that nobody declared is one that nobody reviewed; one that is missing stops the service.',
  fix: 'Correct the role, or kubernetesApi of the service in zero-trust.yaml.',
  *check(model) {
    const bindings = bindingsOf(model);
    const bySubject = new Map<string, KubernetesObject[]>();
    for (const binding of bindings)
      for (const { kind, namespace, name } of subjectsOf(binding)) {
        const id = `${kind} ${namespace}/${name}`;
        bySubject.set(id, [...(bySubject.get(id) ?? []), binding]);
      }
    for (const [id, services] of accountsOf(model))
      yield* compare(model, services, bySubject.get(`ServiceAccount ${id}`) ?? []);
  },
};

/** Services by their account: versions and some services share one. */
function accountsOf({ declared }: Model): Map<string, Service[]> {
  const accounts = new Map<string, Service[]>();
  for (const service of declared.services) {
    const id = `${service.namespace}/${service.serviceAccount.name}`;
    accounts.set(id, [...(accounts.get(id) ?? []), service]);
  }
  return accounts;
}

function* compare(model: Model, services: Service[], bindings: KubernetesObject[]): Generator<Hit> {
  const declared = services.flatMap((one) =>
    one.kubernetesApi.flatMap((api) => rights({ ...api, apiGroups: [api.apiGroup] })),
  );
  const { name, namespace } = services[0]!;
  const granted = new Set<string>();
  for (const binding of bindings) {
    const given = (roleOf(model, binding) ? rulesOf(roleOf(model, binding)!) : []).flatMap(rights);
    if (binding.namespace === namespace) given.forEach((one) => granted.add(one));
    const extra =
      binding.kind === 'ClusterRoleBinding' || binding.namespace !== namespace
        ? given
        : given.filter((one) => !declared.includes(one));
    if (extra.length)
      yield hit(
        binding,
        ['roleRef'],
        `${nameOf(binding)}: lets ${name} ${extra.join(', ')}${binding.namespace === namespace ? '' : ` in ${binding.namespace || 'every namespace'}`}, which zero-trust.yaml does not declare`,
      );
  }
  const missing = declared.filter((one) => !granted.has(one));
  if (missing.length)
    yield {
      file: `security/rbac/${services[0]!.folder}.yaml`,
      message: `nothing lets ${namespace}/${name} ${missing.join(', ')}, which zero-trust.yaml declares`,
    };
}
