import type { Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { containersOf, dig, hit, records, templatesOf } from '../../selectors.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];
const KINDS = ['httpGet', 'tcpSocket', 'grpc'];

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/ */
export const probe: Rule = {
  id: 'select/probe',
  area: 'select',
  severity: 'error',
  title: 'A probe asks a port that the container has',
  why: 'A pod whose probe asks a port where nobody listens never gets traffic, or is restarted for ever.',
  fix: 'Name a containerPort of the same container.',
  *check(model) {
    for (const template of templatesOf(model)) {
      const { object } = template;
      for (const { container, path } of containersOf(template)) {
        const ports = records(container['ports']).flatMap((one) => [one['containerPort'], one['name']]);
        // Containers need not list their ports; of one that lists none, nothing can be said.
        if (ports.length === 0) continue;
        for (const name of PROBES.filter((one) => isObject(container[one])))
          for (const kind of KINDS) {
            const port = dig(container, name, kind, 'port');
            if (port !== undefined && !ports.includes(port))
              yield hit(
                object,
                [...path, name, kind, 'port'],
                `${nameOf(object)}: ${name} of container ${container['name']} asks port ${port}, which it does not have`,
              );
          }
      }
    }
  },
};
