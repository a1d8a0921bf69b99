import type { Hit, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit } from '../../selectors.ts';
import { attachmentsOf, hostsOf, meets, routesOf, type Attachment } from './gateways.ts';

/** https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways */
export const listener: Rule = {
  id: 'select/listener',
  area: 'select',
  severity: 'error',
  title: 'A route attaches to a listener that takes it',
  why: 'A route that no listener takes serves nobody. The API server accepts it; only its status says so.',
  fix: "Correct parentRefs, sectionName or hostnames of the route, or let its namespace in at the listener's allowedRoutes.",
  *check(model) {
    for (const route of routesOf(model))
      for (const one of attachmentsOf(model, route)) {
        const problem = problemOf(one);
        if (problem) yield problem;
      }
  },
};

function problemOf({ route, path, gateway, named, taken }: Attachment): Hit | undefined {
  const say = (message: string, ...more: string[]) =>
    hit(route, [...path, ...more], `${nameOf(route)}: ${message}`);
  const parent = dig(route.body, ...path) as Record<string, unknown>;
  if (!gateway) return say(`parentRefs names Gateway ${parent['name']}, which nobody brings`);
  if (named.length === 0)
    return say(
      `${nameOf(gateway)} has no listener ${parent['sectionName'] ?? parent['port']}`,
      'sectionName',
    );
  if (taken.length === 0)
    return say(
      `no listener of ${nameOf(gateway)} takes routes of ${route.namespace} for ${hostsOf(route).join(', ') || 'every host'}`,
    );
  const lost = hostsOf(route).filter(
    (host) => !taken.some((one) => !one.hostname || meets(one.hostname, host)),
  );
  if (lost.length) return say(`listener ${taken[0]!.name} does not serve ${lost.join(', ')}`);
  return undefined;
}
