import { matchRule } from './authorization-match.ts';
import type { AuthorizationPolicy, AuthorizationRule } from './authorization-policy.ts';
import type { Connectivity } from './connectivity.ts';
import { OUTSIDE, portsOf, wirePort } from './declared.ts';
import { unidentified } from './gateway-callers.ts';
import { PROXY_PORTS } from './mesh.ts';
import { connection } from './network-openings.ts';
import { gather, type Connection, type Opening } from './opening.ts';
import { networkPorts } from './passing.ts';
import { ALL_PORTS, hasPort, onePort, withoutPorts, type PortRange } from './port.ts';
import type { Pod } from './types.ts';
import { waypointPolicies } from './waypoint.ts';

/** What ALLOW rules let in beyond the graph. */
export function authorizationOpenings(c: Connectivity): Opening[] {
  return c.mesh.policies
    .filter(({ action }) => action === 'ALLOW')
    .flatMap((policy) => {
      const behind = policy.waypoints.length ? c.index.pods.filter((pod) => isBehind(c, policy, pod)) : [];
      const targets = new Set([...policy.subjects.flatMap((subject) => c.index.find(subject)), ...behind]);
      const guarded = [...targets].filter((pod) => isProxied(pod) && c.namespaces.isOwned(pod.namespace));
      return policy.rules.flatMap((rule) => {
        const sources = sourcesOf(c, rule);
        const found = guarded.flatMap((to) => {
          const unseen = portsOf(unidentified(c, rule, to));
          return sources.flatMap((from) => admitted(c, policy, rule, from, to, unseen));
        });
        return gather({ object: rule.object, path: rule.path }, found);
      });
    });
}

const isBehind = (c: Connectivity, policy: AuthorizationPolicy, pod: Pod) =>
  pod.mesh === 'ambient' && waypointPolicies([policy], pod, c.mesh.settings, c.services).length > 0;

const isProxied = ({ mesh }: Pod) => mesh !== '' && mesh !== 'linkerd';

/** Callers that a rule may mean: by name where it names them, so that each is looked at once. */
function sourcesOf(c: Connectivity, { sources }: AuthorizationRule): Pod[] {
  const named = sources.map(({ principals }) =>
    principals.is.map((one) => /\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(one)),
  );
  if (sources.length === 0 || named.some((one) => one.length === 0 || one.includes(null)))
    return [...c.index.pods, OUTSIDE];
  const found = named.flat().flatMap((match) => c.index.ofIdentity(match![1]!, match![2]!));
  return [...new Set(found)];
}

function admitted(
  c: Connectivity,
  policy: AuthorizationPolicy,
  rule: AuthorizationRule,
  from: Pod,
  to: Pod,
  unseen: PortRange[],
): Connection[] {
  const declared = [
    ...portsOf(c.declared.between(from, to)),
    ...unseen,
    ...PROXY_PORTS.map((port) => onePort(port, 'TCP')),
  ];
  const excess = withoutPorts(portsOfRule(rule), declared);
  const open = excess.flatMap((range) => {
    const port = range.ports[0];
    const principal = c.mesh.principalOf(from);
    const http = (to.mesh !== 'ambient' || isBehind(c, policy, to)) && c.services.isHttp(to, port);
    const matched = matchRule(rule, policy.action, { principal, from, to, port, http });
    return matched.length && c.mesh.decide(from, to, port, 'TCP').allowed ? [range] : [];
  });
  if (open.length === 0) return [];
  const network = networkPorts(c, from, to);
  const crossing = open.filter(({ ports: [start, end] }) =>
    end - start === 1
      ? hasPort(network, wirePort(from, to, start, 'TCP'), 'TCP')
      : connection(c, from, to, open).stoppedBy === undefined,
  );
  const shown = { from: from.name, to: to.name, ports: crossing.length ? crossing : open };
  return [crossing.length ? shown : { ...shown, stoppedBy: 'the network policies' }];
}

/** Ports that a rule names; every one where an operation names none, or names them by exclusion or pattern. */
function portsOfRule({ operations }: AuthorizationRule): PortRange[] {
  const numbers = operations.map(({ ports }) => (ports.isNot.length ? [] : ports.is.map(Number)));
  if (numbers.length === 0 || numbers.some((one) => one.length === 0 || one.some(Number.isNaN)))
    return [{ protocol: 'TCP', ports: ALL_PORTS }];
  return numbers.flat().map((port) => onePort(port, 'TCP'));
}

/** Pods of the mesh that no ALLOW policy guards: it lets in whom the network lets through. */
export function unguardedOpenings(c: Connectivity): Opening[] {
  const open = c.index.pods.filter(
    (pod) => isProxied(pod) && c.namespaces.isOwned(pod.namespace) && c.mesh.allowing(pod).length === 0,
  );
  return [...new Set(open.map((pod) => pod.namespace))].flatMap((namespace) => {
    const here = open.filter((pod) => pod.namespace === namespace);
    const object = c.namespaces.objectOf(namespace) ?? here[0]!.object;
    const ports: PortRange[] = [{ protocol: 'TCP', ports: ALL_PORTS }];
    return gather(
      { path: [], reason: 'no ALLOW policy guards it', ...(object && { object }) },
      here.map((pod) => ({
        from: 'anyone of the mesh',
        to: pod.name,
        ports,
        stoppedBy: 'the network policies',
      })),
    );
  });
}
