import type { Protocol } from '../../types/catalog.ts';
import type { KubernetesObject } from '../model.ts';
import type { AuthorizationPolicy, AuthorizationRule } from './authorization-policy.ts';
import { matchRule, type Connection } from './authorization-match.ts';
import type { IstioSettings } from './istio.ts';
import { mutualTls, type MutualTls } from './peer-authentication.ts';
import { groupBy, type PodIndex } from './pod-index.ts';
import type { Pod, Requests } from './types.ts';
import { waypointPolicies, type ServicesOf } from './waypoint.ts';

/** What the mesh says of one connection, and because of which object. */
export interface Decision {
  allowed: boolean;
  layer: 'none' | 'mutual TLS' | 'authorization';
  why: string;
  /** Requests that are let through, each with the rule behind it; empty where every request is. */
  requests: { rule: AuthorizationRule; requests: Requests[] }[];
  /** Requests that a DENY rule takes away. */
  denied: { rule: AuthorizationRule; requests: Requests[] }[];
  object?: KubernetesObject;
  path?: (string | number)[];
}

export interface Mesh {
  policies: AuthorizationPolicy[];
  settings: IstioSettings;
  mutualTls: (to: Pod, port: number) => MutualTls;
  principalOf: (pod: Pod) => string;
  /** ALLOW policies that guard a pod: without one, every caller is let in. */
  allowing: (to: Pod) => AuthorizationPolicy[];
  decide: (from: Pod, to: Pod, port: number, protocol: Protocol) => Decision;
  /** Port numbers that the policies of a pod tell apart. */
  portsNamed: (to: Pod) => number[];
}

interface Guard {
  policies: AuthorizationPolicy[];
  byPrincipal: Map<string, [AuthorizationPolicy, AuthorizationRule][]>;
  others: [AuthorizationPolicy, AuthorizationRule][];
}

/** Ports of the proxy itself, which it does not guard: metrics, health (istio.io, "Application Requirements: Ports used by Istio"). */
export const PROXY_PORTS = [15020, 15021, 15090];

export interface MeshParts {
  policies: AuthorizationPolicy[];
  peerAuthentications: KubernetesObject[];
  settings: IstioSettings;
  index: PodIndex;
  services: ServicesOf;
}

/** Mutual TLS and authorization of the receiving end. Pods outside of the mesh, and protocols that proxies do not take, pass. */
export function meshOfPolicies({
  policies,
  peerAuthentications,
  settings,
  index,
  services,
}: MeshParts): Mesh {
  const bound = new Map<Pod, AuthorizationPolicy[]>();
  for (const policy of policies) {
    for (const pod of new Set(policy.subjects.flatMap((subject) => index.find(subject)))) {
      const known = bound.get(pod);
      if (known) known.push(policy);
      else bound.set(pod, [policy]);
    }
  }
  const guards = new Map<Pod, Guard>();
  const guardOf = (pod: Pod) => {
    const known = guards.get(pod) ?? guard(bound.get(pod) ?? []);
    guards.set(pod, known);
    return known;
  };
  const modes = new Map<Pod, Map<number, MutualTls>>();
  const modeOf = (to: Pod, port: number) => {
    const ofPod = modes.get(to) ?? new Map<number, MutualTls>();
    const known = ofPod.get(port) ?? mutualTls(peerAuthentications, settings, to, port);
    modes.set(to, ofPod.set(port, known));
    return known;
  };
  const principalOf = ({ mesh, namespace, serviceAccount, trustDomain = settings.trustDomain }: Pod) =>
    mesh && mesh !== 'linkerd' ? `${trustDomain}/ns/${namespace}/sa/${serviceAccount}` : '';
  const decide: Mesh['decide'] = (from, to, port, protocol) => {
    const proxied = to.mesh !== '' && to.mesh !== 'linkerd' && protocol === 'TCP';
    if (!proxied) return pass(`${to.name} takes this without the mesh`);
    if (to.mesh !== 'ambient' && PROXY_PORTS.includes(port)) return pass(`${port} is the proxy's own port`);
    const tls = modeOf(to, port);
    // A Gateway's listeners speak to clients outside: PeerAuthentication is about sidecars and ztunnel.
    if (to.mesh !== 'gateway' && tls.mode === 'STRICT' && from.mesh === '')
      return {
        ...refuse('mutual TLS', `${from.name} has no certificate of the mesh`),
        ...(tls.object && { object: tls.object }),
        path: tls.path,
      };
    const principal = to.mesh !== 'gateway' && tls.mode === 'DISABLE' ? '' : principalOf(from);
    const http = to.mesh !== 'ambient' && services.isHttp(to, port);
    const direct = authorize(guardOf(to), { principal, from, to, port, http });
    const used = to.mesh === 'ambient' && services.waypointOf(to);
    if (!used || direct.allowed) return direct;
    const { namespace, name } = used;
    const waypoint: Pod = { ...to, namespace, serviceAccount: name, name: `waypoint ${namespace}/${name}` };
    const atPod = authorize(guardOf(to), {
      principal: principalOf(waypoint),
      from: waypoint,
      to,
      port,
      http: false,
    });
    if (!atPod.allowed) return direct;
    const there = waypointPolicies(policies, to, settings, services);
    return authorize(guard(there), { principal, from, to, port, http: services.isHttp(to, port) });
  };
  return {
    policies,
    settings,
    mutualTls: modeOf,
    principalOf,
    allowing: (to) => (bound.get(to) ?? []).filter(({ action }) => action === 'ALLOW'),
    decide,
    portsNamed: (to) =>
      (bound.get(to) ?? [])
        .flatMap(({ rules }) => rules.flatMap((rule) => rule.operations))
        .flatMap(({ ports }) => [...ports.is, ...ports.isNot])
        .map(Number)
        .filter(Number.isInteger),
  };
}

const pass = (why: string): Decision => ({ allowed: true, layer: 'none', why, requests: [], denied: [] });
const refuse = (layer: Decision['layer'], why: string): Decision => ({
  allowed: false,
  layer,
  why,
  requests: [],
  denied: [],
});

/** Rules by the one principal that they name, so that a service with a thousand callers is looked at once per caller. */
function guard(policies: AuthorizationPolicy[]): Guard {
  const rules = policies.flatMap((policy) =>
    policy.rules.map((rule): [AuthorizationPolicy, AuthorizationRule] => [policy, rule]),
  );
  const exact = ([, { sources }]: [AuthorizationPolicy, AuthorizationRule]) =>
    sources.length > 0 && sources.every(({ principals }) => isExact(principals.is));
  const byPrincipal = groupBy(rules.filter(exact), ([, { sources }]) => [
    ...new Set(sources.flatMap(({ principals }) => principals.is)),
  ]);
  return { policies, byPrincipal, others: rules.filter((one) => !exact(one)) };
}

const isExact = (principals: string[]) =>
  principals.length > 0 && principals.every((one) => !one.includes('*'));

/** CUSTOM before DENY before ALLOW: https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
function authorize({ policies, byPrincipal, others }: Guard, connection: Connection): Decision {
  const matched = [...(byPrincipal.get(connection.principal) ?? []), ...others].map(([policy, rule]) => ({
    policy,
    rule,
    requests: matchRule(rule, policy.action, connection),
  }));
  const of = (action: AuthorizationPolicy['action']) =>
    matched.filter((one) => one.policy.action === action && one.requests.length > 0);
  const denied = of('DENY');
  const whole = denied.find(({ requests }) => requests.some(isWhole));
  if (whole)
    return {
      ...refuse('authorization', 'a DENY rule matches, and denials come first'),
      object: whole.policy.object,
      path: whole.rule.path,
    };
  if (!policies.some(({ action }) => action === 'ALLOW'))
    return { ...pass('no ALLOW policy guards it'), layer: 'authorization', denied };
  const allowed = of('ALLOW');
  if (allowed.length === 0) return { ...refuse('authorization', 'no ALLOW rule matches'), denied };
  const [first] = allowed;
  const every = allowed.find(({ requests }) => requests.some(isWhole));
  return {
    ...pass('an ALLOW rule matches'),
    layer: 'authorization',
    requests: every ? [] : allowed,
    denied,
    object: (every ?? first!).policy.object,
    path: (every ?? first!).rule.path,
  };
}

const isWhole = ({ methods, paths, partial }: Requests) => !partial && !methods.length && !paths.length;
