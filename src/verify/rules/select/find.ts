import type { KubernetesObject, Model } from '../../model.ts';
import { idOf } from '../../references.ts';

const indexes = new WeakMap<Model, Map<string, KubernetesObject>>();

/** An object of the repository by kind, namespace and name. */
export function find(
  model: Model,
  kind: string,
  namespace: string,
  name: string,
): KubernetesObject | undefined {
  let index = indexes.get(model);
  if (!index) {
    index = new Map(model.objects.map((one) => [idOf(one.kind, one.namespace, one.name), one]));
    indexes.set(model, index);
  }
  return index.get(idOf(kind, namespace, name));
}

type Service = Model['declared']['services'][number];
const services = new WeakMap<Model, Map<string, Service>>();

/** The declared service that a rendered workload is of. */
export function serviceOf(model: Model, { kind, namespace, name }: KubernetesObject): Service | undefined {
  let index = services.get(model);
  if (!index) {
    index = new Map(
      model.declared.services
        .filter((one) => !one.own)
        .flatMap((one) =>
          one.workloads.map((item) => [idOf(one.kind, one.namespace, item.name), one] as const),
        ),
    );
    services.set(model, index);
  }
  return index.get(idOf(kind, namespace, name));
}
