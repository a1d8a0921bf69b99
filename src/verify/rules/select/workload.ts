import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, podTemplate, selects } from '../../selectors.ts';
import { find } from './find.ts';

type Service = Model['declared']['services'][number];

/** What the graph declares and the repository is to hold; services that keep their own manifests are left out. */
export const workload: Rule = {
  id: 'select/workload',
  area: 'select',
  severity: 'error',
  title: 'A declared service is there',
  why: 'Rules for a service that nothing runs protect nothing, and wait for whoever takes its labels.',
  fix: 'Restore the manifest, write `manifests: own` for a service that is kept elsewhere, or take the service out of zero-trust.yaml.',
  *check(model) {
    for (const service of model.declared.services) {
      if (service.own) continue;
      yield* workloadsOf(model, service);
      yield* servicesOf(model, service);
    }
  },
};

function* workloadsOf(model: Model, service: Service): Generator<Hit> {
  const { namespace, kind, folder, labels } = service;
  for (const { name, file } of service.workloads) {
    const object = find(model, kind, namespace, name);
    if (!object) {
      const message = `zero-trust.yaml declares the service ${service.name}, but no ${nameOf({ kind, namespace, name })} is applied`;
      yield { file: `apps/${folder}/${file}.yaml`, object: nameOf({ kind, namespace, name }), message };
    } else if (!selects({ matchLabels: labels }, podTemplate(object)?.labels ?? {})) {
      const path = [...(podTemplate(object)?.path ?? []), 'metadata', 'labels'];
      yield hit(
        object,
        path,
        `${nameOf(object)}: its pods do not carry ${JSON.stringify(labels)}, by which rules know the service ${service.name}`,
      );
    }
  }
}

function* servicesOf(
  model: Model,
  { name, namespace, labels, folder, ports, serviceNames }: Service,
): Generator<Hit> {
  for (const one of ports.length ? serviceNames : []) {
    const object = find(model, 'Service', namespace, one);
    const wanted = nameOf({ kind: 'Service', namespace, name: one });
    if (!object) {
      const message = `zero-trust.yaml declares the service ${name}, but no ${wanted} is applied`;
      yield { file: `apps/${folder}/service.yaml`, object: wanted, message };
      continue;
    }
    const matchLabels = dig(object.body, 'spec', 'selector');
    if (isEmptySelector({ matchLabels }) || !selects({ matchLabels }, labels))
      yield hit(
        object,
        ['spec', 'selector'],
        `${wanted}: spec.selector does not select the pods of ${name}, ${JSON.stringify(labels)}`,
      );
    const offered =
      (dig(object.body, 'spec', 'ports') as { port?: unknown; protocol?: unknown }[] | undefined) ?? [];
    for (const { port, protocol } of ports)
      if (!offered.some?.((item) => item?.port === port && (item.protocol ?? 'TCP') === protocol))
        yield hit(
          object,
          ['spec', 'ports'],
          `${wanted}: port ${port}/${protocol} of zero-trust.yaml is missing`,
        );
  }
}
