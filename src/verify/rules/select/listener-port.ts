import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { gatewaysOf, listenersOf } from './gateways.ts';

/** https://www.rfc-editor.org/rfc/rfc9110#section-4.2; ACME asks port 80: https://www.rfc-editor.org/rfc/rfc8555#section-8.3 */
const PORTS: Record<string, number> = { HTTP: 80, HTTPS: 443 };

export const listenerPort: Rule = {
  id: 'select/listener-port',
  area: 'select',
  severity: 'error',
  title: 'A public listener is on the port that clients ask',
  why: 'Addresses without a port mean 80 and 443, network policies open these, and ACME challenges come to 80.',
  fix: 'Set port to 80 for HTTP and to 443 for HTTPS.',
  *check(model) {
    const namespaces = model.declared.namespaces
      .filter((one) => one.kind === 'gateway')
      .map((one) => one.name);
    for (const { gateway, path, name, protocol, port } of gatewaysOf(model).flatMap(listenersOf)) {
      const wanted = PORTS[protocol];
      if (!namespaces.includes(gateway.namespace) || !wanted || port === wanted) continue;
      yield hit(
        gateway,
        [...path, 'port'],
        `${nameOf(gateway)}: listener ${name} takes ${protocol} on port ${port}, clients ask ${wanted}`,
      );
    }
  },
};
