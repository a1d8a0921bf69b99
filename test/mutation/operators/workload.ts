import { edits, put, remove, type Edit, type Operators } from '../mutant.ts';
import { get, itemsUnder, podTemplate, under, WORKLOADS, type Node } from '../nodes.ts';
import type { Any } from '../repository.ts';

/** Workloads that may do more than they need. */
export const WORKLOAD: Operators = {
  'workload/automount': edits(/ServiceAccount|Deployment|StatefulSet|DaemonSet|Job|CronJob/, (object) =>
    under(object, 'automountServiceAccountToken')
      .filter(({ value }) => value === false)
      .flatMap(({ at }) => [put(at, true), remove(at)]),
  ),
  'workload/drop-limits': edits(WORKLOADS, (object) =>
    containers(object).flatMap(({ at, value }) => [
      value.resources && remove([...at, 'resources']),
      value.resources?.limits && remove([...at, 'resources', 'limits']),
      value.resources?.limits?.memory && remove([...at, 'resources', 'limits', 'memory']),
    ]),
  ),
  'workload/drop-security-context': edits(WORKLOADS, (object) =>
    under(object, 'securityContext').flatMap(({ at, value }) => [
      remove(at),
      ...Object.keys(value).map((key) => remove([...at, key])),
    ]),
  ),
  'workload/loosen-security-context': edits(WORKLOADS, (object) =>
    under(object, 'securityContext').flatMap(({ at, value }) => loosened(at, value)),
  ),
  'workload/host': edits(WORKLOADS, (object) => {
    const spec = [...podTemplate(object)!, 'spec'];
    return ['hostNetwork', 'hostPID', 'hostIPC']
      .filter((key) => !get(object, [...spec, key]))
      .map((key) => put([...spec, key], true));
  }),
  'workload/host-path': edits(WORKLOADS, (object) => {
    const volumes = [...podTemplate(object)!, 'spec', 'volumes'];
    const count = get(object, volumes)?.length ?? 0;
    return [put([...volumes, count], { name: 'docker', hostPath: { path: '/var/run/docker.sock' } })];
  }),
  'workload/host-port': edits(WORKLOADS, (object) =>
    itemsUnder(object, 'ports').map(({ at, value }) => put([...at, 'hostPort'], value.containerPort)),
  ),
  'workload/digest': images((image) => (image.includes('@') ? [image.replace(/@.*/, '')] : [])),
  'workload/latest': images((image) => [
    image.replace(/(:[^:/@]+)?(@.*)?$/, ':latest'),
    image.replace(/(:[^:/@]+)?(@.*)?$/, ''),
  ]),
  'workload/registry': images((image) => [`registry.attacker.example/${image.split('/').at(-1)}`]),
  'workload/extra-container': edits(WORKLOADS, (object) => {
    const list = [...podTemplate(object)!, 'spec', 'containers'];
    return [
      put([...list, get(object, list).length], { name: 'shell', image: 'busybox:1.37.0', command: ['sh'] }),
    ];
  }),
  'workload/writable-secret': edits(WORKLOADS, (object) =>
    itemsUnder(object, 'volumeMounts')
      .filter(({ value }) => value.readOnly)
      .map(({ at }) => put([...at, 'readOnly'], false)),
  ),
};

/** Containers and init containers, where they stand. */
function containers(object: Any): Node[] {
  return [...itemsUnder(object, 'containers'), ...itemsUnder(object, 'initContainers')];
}

function images(of: (image: string) => string[]) {
  return edits(WORKLOADS, (object) =>
    containers(object).flatMap(({ at, value }) => of(value.image).map((to) => put([...at, 'image'], to))),
  );
}

function loosened(at: Node['at'], context: Any): Edit[] {
  const values: Record<string, unknown> = {
    runAsNonRoot: false,
    runAsUser: 0,
    allowPrivilegeEscalation: true,
    readOnlyRootFilesystem: false,
    seccompProfile: { type: 'Unconfined' },
    capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
  };
  const changed = Object.keys(values).filter(
    (key) => key in context && JSON.stringify(context[key]) !== JSON.stringify(values[key]),
  );
  const privileged = 'allowPrivilegeEscalation' in context ? [put([...at, 'privileged'], true)] : [];
  return [...changed.map((key) => put([...at, key], values[key])), ...privileged];
}
