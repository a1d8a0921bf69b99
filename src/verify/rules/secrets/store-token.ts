import { chartOf } from '../../gitops/charts.ts';
import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text, type Path } from '../../selectors.ts';
import { allReferences } from '../../references.ts';
import { bindingsOf, roleOf, rolesOf, rulesOf, subjectsOf } from '../enforce/roles.ts';

/** https://external-secrets.io/latest/guides/security-best-practices/#scoping-serviceaccount-token-creation */
export const storeToken: Rule = {
  id: 'secrets/store-token',
  area: 'secrets',
  severity: 'error',
  title: 'The operator may make tokens of the accounts of stores, and of no others',
  why: 'Without the right no login works. With it for every account, whoever has the operator is every account of the cluster.',
  fix: 'Set rbac.serviceAccountTokenCreate to false in the values of the chart, and bind a Role with the account in resourceNames beside each SecretStore.',
  *check(model) {
    const release = model.objects.find(
      (one) => one.kind === 'HelmRelease' && chartOf(model, one) === 'external-secrets',
    );
    // Who installs the operator elsewhere gives it its rights there.
    if (!release) return;
    yield* problemsOf(model, release);
  },
};

/** Accounts with whose tokens somebody else logs in somewhere. */
const accountReferences = (model: Model) =>
  allReferences(model).filter((one) => one.field === 'serviceAccountRef');

const SWITCH: Path = ['spec', 'values', 'rbac', 'serviceAccountTokenCreate'];

function* problemsOf(model: Model, release: KubernetesObject): Generator<Hit> {
  if (dig(release.body, ...SWITCH) !== false)
    return yield hit(
      release,
      SWITCH,
      `${nameOf(release)}: lets the operator make tokens of every account in the cluster`,
    );
  const operator = operatorOf(release);
  for (const { from, path, namespace, name } of accountReferences(model))
    if (from.group === 'external-secrets.io' && !mayMake(model, operator, namespace, name))
      yield hit(
        from,
        path,
        `${nameOf(from)}: the operator may make no token of ServiceAccount ${namespace}/${name}`,
      );
  yield* others(model);
}

/** The chart calls the account like the release, unless told otherwise. */
function operatorOf({ body, namespace }: KubernetesObject) {
  const spec = dig(body, 'spec');
  return {
    name:
      text(dig(spec, 'values', 'serviceAccount', 'name')) ||
      text(dig(spec, 'values', 'fullnameOverride')) ||
      'external-secrets',
    namespace: text(dig(spec, 'targetNamespace')) || namespace,
  };
}

const tokenRules = (role: KubernetesObject) =>
  rulesOf(role).flatMap((rule, index) =>
    rule.resources.includes('serviceaccounts/token') && rule.verbs.some((one) => /^(create|\*)$/.test(one))
      ? [{ ...rule, index }]
      : [],
  );

function mayMake(
  model: Model,
  operator: { name: string; namespace: string },
  namespace: string,
  account: string,
): boolean {
  return bindingsOf(model).some((binding) => {
    const bound = subjectsOf(binding).some(
      (one) =>
        one.kind === 'ServiceAccount' && one.name === operator.name && one.namespace === operator.namespace,
    );
    const role = bound && roleOf(model, binding);
    const isHere = binding.kind === 'ClusterRoleBinding' || binding.namespace === namespace;
    return (
      role && isHere && tokenRules(role).some(({ names }) => names.length === 0 || names.includes(account))
    );
  });
}

/** Tokens of accounts with which nothing declared logs in are of use to somebody else. */
function* others(model: Model): Generator<Hit> {
  const used = new Set(accountReferences(model).map((one) => `${one.namespace}/${one.name}`));
  for (const role of rolesOf(model).filter((one) => one.kind === 'Role'))
    for (const { names, index } of tokenRules(role))
      for (const name of names.filter((one) => !used.has(`${role.namespace}/${one}`)))
        yield hit(
          role,
          ['rules', index],
          `${nameOf(role)}: lets its subjects make tokens of ${name}, with which nothing logs in`,
        );
}
