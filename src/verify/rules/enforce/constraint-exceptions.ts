import type { KubernetesObject, Model } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, records, selects, text, type Path } from '../../selectors.ts';
import { constraintsOf } from './constraints.ts';

/** An entry of `parameters.exceptions`: pods that a constraint leaves alone until a day. */
export interface ConstraintException {
  object: KubernetesObject;
  path: Path;
  /** As findings name it. */
  name: string;
  namespace: string;
  labels: Record<string, string>;
  owner: string;
  reason: string;
  expires: string;
}

export const constraintExceptions = (model: Model): ConstraintException[] =>
  constraintsOf(model).flatMap((object) =>
    records(dig(object.body, 'spec', 'parameters', 'exceptions')).map((one, index) => {
      const labels = isObject(one['labels']) ? (one['labels'] as Record<string, string>) : {};
      return {
        object,
        path: ['spec', 'parameters', 'exceptions', index],
        name: `${nameOf(object)}: exception ${index + 1}`,
        namespace: text(one['namespace']),
        labels,
        owner: text(one['owner']).trim(),
        reason: text(one['reason']).trim(),
        expires: text(one['expires']),
      };
    }),
  );

/** The declared service that starts as root and that an exception of these pods is for. */
export const rootService = (
  { declared }: Model,
  namespace: string,
  matchLabels: Record<string, string>,
): Model['declared']['services'][number] | undefined =>
  declared.services.find(
    (one) => one.root && one.namespace === namespace && selects({ matchLabels }, one.labels),
  );
