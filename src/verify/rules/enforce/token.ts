import type { Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, templatesOf, text, type PodTemplate } from '../../selectors.ts';
import { find, serviceOf } from '../select/find.ts';
import { bindingsOf, subjectsOf } from './roles.ts';

const FIELD = 'automountServiceAccountToken';

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting */
export const token: Rule = {
  id: 'enforce/token',
  area: 'enforce',
  severity: 'error',
  title: 'A token is mounted only where the Kubernetes API is used',
  why: 'Whoever breaks into a pod finds its token, and with it a way to ask the API server.',
  fix: `Set ${FIELD}: false, or declare kubernetesApi for the service in zero-trust.yaml.`,
  *check(model) {
    for (const object of ofKind(model, '/ServiceAccount'))
      if (dig(object.body, FIELD) !== false)
        yield hit(object, [FIELD], `${nameOf(object)}: ${FIELD} is not false`);
    for (const template of templatesOf(model)) {
      const { object, path } = template;
      if (isMounted(model, template) && !usesApi(model, template))
        yield hit(
          object,
          [...path, 'spec', FIELD],
          `${nameOf(object)}: mounts a token that it has no use for`,
        );
    }
    for (const object of ofKind(model, '/Secret'))
      if (dig(object.body, 'type') === 'kubernetes.io/service-account-token')
        yield hit(object, ['type'], `${nameOf(object)}: makes a token that never ends`);
  },
};

const accountOf = ({ spec }: PodTemplate) => text(spec['serviceAccountName']) || 'default';

/** The pod's word counts before the account's; without either, the token is mounted. */
export function isMounted(model: Model, template: PodTemplate): boolean {
  const own = template.spec[FIELD];
  if (typeof own === 'boolean') return own;
  const account = find(model, 'ServiceAccount', template.object.namespace, accountOf(template));
  return dig(account?.body, FIELD) !== false;
}

/** Services say so in the graph; of the platform's own, something must be granted. */
function usesApi(model: Model, template: PodTemplate): boolean {
  const { object } = template;
  const service = serviceOf(model, object);
  if (service) return service.kubernetesApi.length > 0;
  return bindingsOf(model)
    .flatMap(subjectsOf)
    .some(
      (one) =>
        one.kind === 'ServiceAccount' &&
        one.namespace === object.namespace &&
        one.name === accountOf(template),
    );
}
