import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { containersOf, hit, podTemplate, texts } from '../../selectors.ts';

/** https://fluxcd.io/flux/installation/configuration/multitenancy/#how-to-configure-flux-multi-tenancy */
const FLAGS: Record<string, string[]> = {
  'kustomize-controller': [
    '--no-cross-namespace-refs=true',
    '--no-remote-bases=true',
    '--default-service-account=default',
  ],
  'helm-controller': ['--no-cross-namespace-refs=true', '--default-service-account=default'],
  'notification-controller': ['--no-cross-namespace-refs=true'],
};

/** The GitOps engine after its bootstrap, as the repository patches it. */
export const engine: Rule = {
  id: 'enforce/engine',
  area: 'enforce',
  severity: 'error',
  title: 'The GitOps engine is locked down',
  why: 'The engine may change everything: without these flags, so may whoever can make its objects in any namespace, or a base that others keep.',
  fix: 'Restore the patches in flux-system/kustomization.yaml.',
  *check(model) {
    for (const object of model.bootstrapped ?? []) {
      if (object.kind === 'Deployment') yield* flags(object);
      if (object.kind === 'Namespace' && object.labels['pod-security.kubernetes.io/enforce'] !== 'restricted')
        yield hit(
          object,
          ['metadata', 'labels'],
          `${nameOf(object)}: its Pod Security level is not restricted`,
        );
    }
    yield* identities(model);
  },
};

function* flags(object: KubernetesObject): Generator<Hit> {
  const template = podTemplate(object);
  const args = template ? containersOf(template).flatMap(({ container }) => texts(container['args'])) : [];
  const missing = (FLAGS[object.name] ?? []).filter((flag) => !args.includes(flag));
  if (missing.length)
    yield hit(object, ['spec', 'template'], `${nameOf(object)}: runs without ${missing.join(' and ')}`);
}

/** A layer of the services is applied by an account that may do little; every layer says by which. */
function* identities({ layers, declared }: Model): Generator<Hit> {
  for (const { name, object, serviceAccount } of layers) {
    const isNarrow = declared.layers.some((one) => one.name === name && one.narrow);
    const at = ['spec', 'serviceAccountName'];
    if (!serviceAccount) yield hit(object, at, `${nameOf(object)}: says no serviceAccountName`);
    else if (isNarrow && serviceAccount.endsWith('-controller'))
      yield hit(object, at, `${nameOf(object)}: is applied by ${serviceAccount}, which may do everything`);
  }
}
