import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, type Reference } from '../../references.ts';
import { dig, hit, records } from '../../selectors.ts';
import { find } from './find.ts';
import { gatewayServices } from './gateway-service.ts';
import { exists } from './known.ts';

export const backend: Rule = {
  id: 'select/backend',
  area: 'select',
  severity: 'error',
  title: 'What a route leads to exists and has the port',
  why: 'A route whose Service or port does not exist answers every request with an error.',
  fix: 'Name a Service of the same namespace and one of its ports.',
  *check(model) {
    for (const one of allReferences(model)) {
      if (!one.field.startsWith('backendRef')) continue;
      const message = problemOf(model, one);
      if (message) yield hit(one.from, one.path, `${nameOf(one.from)}: ${message}`) satisfies Hit;
    }
  },
};

function problemOf(model: Model, { from, path, kind, namespace, name }: Reference): string | undefined {
  if (!exists(model, kind, namespace, name))
    return `a backend is ${nameOf({ kind, namespace, name })}, which nobody brings`;
  if (kind !== 'Service') return undefined;
  const port = dig(from.body, ...path, 'port');
  return portsOf(model, namespace, name).includes(port) ? undefined : `${name} has no port ${port}`;
}

function portsOf(model: Model, namespace: string, name: string): unknown[] {
  const service = find(model, 'Service', namespace, name);
  const rendered = records(dig(service?.body, 'spec', 'ports')).map((one) => one['port']);
  if (rendered.length) return rendered;
  const made = gatewayServices(model).filter((one) => one.namespace === namespace && one.name === name);
  return [...made.flatMap((one) => one.ports), ...keptPorts(model, namespace, name)];
}

/** Of a Service that users keep elsewhere, the graph knows the ports. */
const keptPorts = ({ declared }: Model, namespace: string, name: string): unknown[] =>
  declared.services
    .filter((one) => one.own && one.namespace === namespace && one.serviceNames.includes(name))
    .flatMap((one) => one.ports.map((port) => port.port));
