import { isDeepStrictEqual } from 'node:util';
import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';
import { gatewaysOf } from '../select/gateways.ts';
import { admissionPolicies, isAbout } from './admission.ts';

const ROUTES = ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'];

/** https://gateway-api.sigs.k8s.io/guides/multiple-ns/ */
export const hostnamePolicy: Rule = {
  id: 'enforce/hostname-policy',
  area: 'enforce',
  severity: 'error',
  title: 'A host name on the shared Gateway belongs to its namespaces',
  why: 'Listeners let namespaces in, not host names: without a policy, a route of one namespace takes the requests that another is meant to get.',
  fix: 'Restore the policy, its binding and its list of owners: it follows from expose in zero-trust.yaml.',
  *check(model) {
    if (gatewaysOf(model).length === 0) return;
    const policies = admissionPolicies(model).filter((one) =>
      one.resources.some(({ names }) => names.some((name) => ROUTES.includes(name))),
    );
    yield* unbound(model);
    const guarding = policies.filter((one) => one.refuses && ROUTES.every((kind) => asksFor(one, kind)));
    for (const policy of policies.filter((one) => !guarding.includes(one)))
      yield hit(
        policy.object,
        policy.path,
        `${nameOf(policy.object)}: does not refuse every kind of route when it is made and when it is changed`,
      );
    const open = model.declared.namespaces.filter(
      ({ name, kind, labels }) => kind === 'app' && !guarding.some((one) => isAbout(one, name, labels)),
    );
    if (open.length)
      yield {
        file: 'zero-trust.yaml',
        message: `no policy keeps routes of ${open.map((one) => one.name).join(', ')} from the host names of others`,
      };
    for (const { object, owners } of ownersIn(model))
      if (!isDeepStrictEqual(owners, JSON.parse(model.declared.gateway.hostOwners)))
        yield hit(
          object,
          ['spec', 'variables'],
          `${nameOf(object)}: its owners of host names are not those of zero-trust.yaml`,
        );
  },
};

const asksFor = ({ resources }: ReturnType<typeof admissionPolicies>[number], kind: string): boolean =>
  resources.some(
    ({ names, operations }) =>
      names.includes(kind) &&
      (operations.includes('*') || ['CREATE', 'UPDATE'].every((one) => operations.includes(one))),
  );

const native = (model: Model) => ofKind(model, 'admissionregistration.k8s.io/ValidatingAdmissionPolicy');

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#getting-started-with-validating-admission-policy */
function* unbound(model: Model): Generator<Hit> {
  const bound = ofKind(model, 'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding').map((one) =>
    dig(one.body, 'spec', 'policyName'),
  );
  for (const policy of native(model).filter((one) => !bound.includes(one.name)))
    yield hit(policy, ['spec'], `${nameOf(policy)}: no binding puts it to work`);
}

/** Owners as our policy writes them: a variable that is JSON. */
function ownersIn(model: Model): { object: KubernetesObject; owners: unknown }[] {
  return native(model).flatMap((object) =>
    records(dig(object.body, 'spec', 'variables'))
      .filter((one) => one['name'] === 'owners')
      .map((one) => ({ object, owners: parsed(text(one['expression'])) })),
  );
}

function parsed(expression: string): unknown {
  try {
    return JSON.parse(expression);
  } catch {
    return undefined;
  }
}
