import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import {
  containersOf,
  dig,
  hit,
  records,
  templatesOf,
  texts,
  type Path,
  type PodTemplate,
} from '../../selectors.ts';
import { serviceOf } from '../select/find.ts';
import { isMounted } from './token.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
export const hostAccess: Rule = {
  id: 'enforce/host-access',
  area: 'enforce',
  severity: 'error',
  title: 'Pods have no way to their node',
  why: "A privileged container, the host's files, network or processes: whoever is in the pod is on the node.",
  fix: 'Take it out. Only the platform namespaces that declare `privileged` with a reason may have it.',
  *check(model) {
    const privileged = model.declared.namespaces.filter(
      (one) => one.kind !== 'app' && one.podSecurity.enforce === 'privileged' && one.podSecurity.reason,
    );
    const allowed = new Set(privileged.map((one) => one.name));
    for (const template of templatesOf(model)) {
      const mayLook = allowed.has(template.object.namespace) && !isMounted(model, template);
      yield* waysToHost(model, template, mayLook);
    }
  },
};

/**
 * Where the platform may look at nodes, it may read files and see processes, and holds no token of the API server: no more is
 * needed without a chart.
 */
function* waysToHost(model: Model, template: PodTemplate, mayLook: boolean): Generator<Hit> {
  const { object, spec, path } = template;
  const say = (where: Path, what: string) => hit(object, where, `${nameOf(object)}: ${what}`);
  for (const field of ['hostNetwork', 'hostIPC', ...(mayLook ? [] : ['hostPID'])])
    if (spec[field] === true) yield say([...path, 'spec', field], `${field} is true`);
  for (const [index, volume] of records(spec['volumes']).entries())
    if (volume['hostPath'] && !(mayLook && isReadOnly(template, volume)))
      yield say([...path, 'spec', 'volumes', index], `mounts ${dig(volume, 'hostPath', 'path')} of the node`);
  const capabilities = [
    'NET_BIND_SERVICE',
    ...(mayLook ? ['DAC_READ_SEARCH'] : []),
    ...(serviceOf(model, object)?.root?.capabilities ?? []),
  ];
  for (const { container, path: here } of containersOf(template)) {
    const name = String(container['name']);
    if (dig(container, 'securityContext', 'privileged') === true)
      yield say([...here, 'securityContext', 'privileged'], `container ${name} is privileged`);
    const added = texts(dig(container, 'securityContext', 'capabilities', 'add')).filter(
      (one) => !capabilities.includes(one),
    );
    if (added.length)
      yield say(
        [...here, 'securityContext', 'capabilities', 'add'],
        `container ${name} adds ${added.join(', ')}`,
      );
    for (const [index, port] of records(container['ports']).entries())
      if (port['hostPort'])
        yield say(
          [...here, 'ports', index, 'hostPort'],
          `container ${name} takes port ${port['hostPort']} of the node`,
        );
  }
}

/** A socket is a way to write whatever the mount says. */
const isReadOnly = (template: PodTemplate, { name, hostPath }: Record<string, unknown>) =>
  !/\.sock$|^\/(var\/)?run(\/|$)|^\/$/.test(String(dig(hostPath, 'path'))) &&
  containersOf(template)
    .flatMap(({ container }) => records(container['volumeMounts']))
    .every((one) => one['name'] !== name || one['readOnly'] === true);
