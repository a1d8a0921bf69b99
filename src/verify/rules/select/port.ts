import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, podsSelected, records, type PodTemplate, ofKind } from '../../selectors.ts';

/**
 * A Service's port leads to one that a container names or listens on.
 * https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
 */
export const port: Rule = {
  id: 'select/port',
  area: 'select',
  severity: 'error',
  title: 'A port of a Service leads to a port of its pods',
  why: 'A Service whose target port no container has answers nobody; rules for the port that was meant stay without effect.',
  fix: 'Set targetPort to a containerPort, or to the name of one.',
  *check(model) {
    for (const object of ofKind(model, '/Service')) {
      // Containers need not list their ports; of pods that list none, nothing can be said.
      const listed = targetsOf(model, object).filter((one) => one.length > 0);
      for (const [index, one] of records(dig(object.body, 'spec', 'ports')).entries()) {
        const target = one['targetPort'] ?? one['port'];
        const protocol = one['protocol'] ?? 'TCP';
        const isOpen = (ports: Port[]) =>
          ports.some((open) => open.protocol === protocol && (open.port === target || open.name === target));
        if (listed.some((ports) => !isOpen(ports)))
          yield hit(
            object,
            ['spec', 'ports', index],
            `${nameOf(object)}: port ${one['port']} leads to ${target}/${protocol}, which no container of its pods has`,
          );
      }
    }
  },
};

type Port = ReturnType<typeof openPorts>[number];

/** The ports of each kind of pods that a Service selects: versions of a service are several. */
function targetsOf(model: Model, { namespace, body }: KubernetesObject): Port[][] {
  const matchLabels = dig(body, 'spec', 'selector');
  if (!matchLabels) return [];
  const templates = podsSelected(model, namespace, { matchLabels }).flatMap((one) => one.template ?? []);
  return templates.map(openPorts);
}

const openPorts = ({ spec }: PodTemplate) =>
  [...records(spec['containers']), ...records(spec['initContainers'])].flatMap((container) =>
    records(container['ports']).map((one) => ({
      name: one['name'],
      port: one['containerPort'],
      protocol: one['protocol'] ?? 'TCP',
    })),
  );
