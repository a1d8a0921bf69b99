import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, texts, text } from '../../selectors.ts';

const CONTROLLERS = /^(kustomize|helm|source|notification|image-automation|image-reflector)-controller$/;

/** https://fluxcd.io/flux/installation/configuration/multitenancy/ and https://fluxcd.io/flux/components/kustomize/kustomizations/#service-account-reference */
export const serviceAccount: Rule = {
  id: 'order/service-account',
  area: 'order',
  severity: 'error',
  title: 'The account that applies something is not there',
  why: 'Flux acts with that account only: without it, or with one that may do nothing, every apply is forbidden.',
  fix: 'Name an account of flux bootstrap, or one that an earlier layer makes.',
  *check(model) {
    for (const layer of model.layers) {
      const { object } = layer;
      const makers = model.layers.filter((one) =>
        one.objects.some((other) => isAccount(other, object, layer.serviceAccount)),
      );
      const [maker] = makers;
      const before = layersBefore(model).get(layer)!;
      const problem = accountProblem(
        model,
        object,
        layer.serviceAccount,
        'kustomize-controller',
        makers.length > 0,
      );
      if (problem) yield hit(object, ['spec', 'serviceAccountName'], problem);
      else if (maker && !makers.some((one) => before.has(one))) {
        const message = `${nameOf(object)} acts as ${layer.serviceAccount}, which layer ${maker.name} makes, and does not wait for it`;
        yield hit(object, ['spec', 'serviceAccountName'], message, waitFix(layer, maker));
      }
      for (const release of layer.objects.filter((one) => one.kind === 'HelmRelease')) {
        const name = text(dig(release.body, 'spec', 'serviceAccountName'));
        const exists = model.objects.some((one) => isAccount(one, release, name));
        const wrong = accountProblem(model, release, name, 'helm-controller', exists);
        if (wrong) yield hit(release, ['spec', 'serviceAccountName'], wrong);
      }
    }
  },
};

const isAccount = (one: KubernetesObject, user: KubernetesObject, name: string): boolean =>
  one.kind === 'ServiceAccount' && one.name === name && one.namespace === user.namespace;

function accountProblem(
  model: Model,
  object: KubernetesObject,
  name: string,
  controller: string,
  exists: boolean,
): string | undefined {
  if (name)
    return exists || CONTROLLERS.test(name)
      ? undefined
      : `${nameOf(object)} acts as ${object.namespace}/${name}, which nobody makes`;
  const locked = defaultAccount(model, controller);
  return locked
    ? `${nameOf(object)} names no account, and so acts as ${locked}, which may do nothing`
    : undefined;
}

/** The account that a controller is told to use where none is named. */
function defaultAccount({ bootstrapped = [] }: Model, controller: string): string | undefined {
  const deployment = bootstrapped.find((one) => one.kind === 'Deployment' && one.name === controller);
  const args = texts(dig(deployment?.body, 'spec', 'template', 'spec', 'containers', 0, 'args'));
  return args.map((arg) => /^--default-service-account=(.+)$/.exec(arg)?.[1]).find(Boolean);
}
