import type { KubernetesObject, Model } from '../../model.ts';
import { toObject } from '../../object.ts';
import { podTemplate, type PodTemplate } from '../../selectors.ts';
import { serviceOf } from '../select/find.ts';

/** The pod template that the graph says a workload has. */
export function declaredTemplate(model: Model, object: KubernetesObject): PodTemplate | undefined {
  const planned = serviceOf(model, object)?.workloads.find((one) => one.name === object.name);
  return planned && podTemplate(toObject(object.file, planned.object, () => ({ line: 1, column: 1 })));
}
