import type { Flow } from '../../types/connections.ts';
import type { Plan } from '../../types/plan.ts';
import type { KubernetesObject } from '../model.ts';
import type { Path } from '../selectors.ts';
import { podsOfEndpoints } from './blocked.ts';
import type { Connectivity } from './connectivity.ts';
import { requestsOf, wirePort } from './declared.ts';
import { beyond, certain, meeting } from './http.ts';
import { resolvePorts } from './network.ts';
import { hasPort } from './port.ts';
import type { Pod, Requests } from './types.ts';

/** Requests between two pods whose connection is declared, that a layer allows beyond the graph or keeps from it. */
export interface RequestDifference {
  flow: Flow;
  from: string;
  to: string;
  kind: 'wider' | 'narrower';
  requests: string[];
  object?: KubernetesObject;
  path: Path;
}

interface Allowed {
  object?: KubernetesObject;
  path: Path;
  requests: Requests[];
}

/**
 * Methods and paths of declared connections, compared as patterns. Where no chosen component sees HTTP, nothing is compared:
 * the graph's gap says so.
 */
export function requestDifferences(c: Connectivity, plan: Plan): RequestDifference[] {
  const pods = podsOfEndpoints(c);
  return c.declared.flows
    .filter(({ from, to, protocol }) => from.kind === 'pods' && to.kind === 'pods' && protocol === 'TCP')
    .flatMap((flow) =>
      (pods.get(flow.from.id) ?? []).flatMap((from) =>
        (pods.get(flow.to.id) ?? []).flatMap((to) => differences(c, flow, from, to, plan)),
      ),
    );
}

function differences(c: Connectivity, flow: Flow, from: Pod, to: Pod, plan: Plan): RequestDifference[] {
  const decision = c.mesh.decide(from, to, flow.port, flow.protocol);
  const network = networkRequests(c, flow, from, to);
  if (!decision.allowed) return [];
  const declared = requestsOf(c.declared.between(from, to).filter(({ port }) => port === flow.port));
  const mesh: Allowed[] = decision.requests.map(({ rule, requests }) => ({ ...rule, requests }));
  const layers = [mesh, network].filter((layer) => layer.length > 0);
  const base = { flow, from: from.name, to: to.name };
  const narrower = [
    ...layers.flatMap((layer) => missing(declared, layer)),
    ...decision.denied.map(({ rule, requests }) => ({
      ...rule,
      requests: meeting(declared, asksForToken(plan, flow) ? certain(requests) : requests),
    })),
  ];
  const whole = {
    ...(decision.object && { object: decision.object }),
    path: decision.path ?? [],
    requests: ['every request'],
  };
  const perLayer = layers.map((layer) =>
    layer.map((one) => ({ ...one, requests: beyond(one.requests, declared) })).filter(isSome),
  );
  // What only one of two layers lets through does not get through.
  const wider = perLayer.length ? (perLayer.every((one) => one.length) ? perLayer[0]! : []) : [whole];
  return [
    ...narrower.filter(isSome).map((one) => ({ ...base, ...pick(one), kind: 'narrower' as const })),
    ...(declared.length && seesRequests(c, to, plan)
      ? wider.map((one) => ({ ...base, ...pick(one), kind: 'wider' as const }))
      : []),
  ];
}

/** The Gateway refuses requests without a token, as declared; the others it lets through. */
const asksForToken = (plan: Plan, { to }: Flow) => to.id === 'gateway' && plan.gateway.jwt !== null;

/** Where network policies alone look at requests, those of an audited namespace deny nothing yet: the graph's gap says so. */
const seesRequests = ({ namespaces }: Connectivity, { namespace }: Pod, plan: Plan) =>
  plan.capabilities.includes('http-rules') &&
  (!namespaces.isAudited(namespace) || plan.namespaces.some((one) => one.name === namespace && one.meshed));

const isSome = ({ requests }: { requests: string[] }) => requests.length > 0;

const pick = ({ object, path, requests }: { object?: KubernetesObject; path: Path; requests: string[] }) => ({
  path,
  requests,
  ...(object && { object }),
});

function missing(declared: { methods: string[]; paths: string[] }[], layer: Allowed[]) {
  const sure = certain(layer.flatMap((one) => one.requests));
  const requests = sure.length
    ? beyond(declared, sure)
    : ['every request, but for those that meet further conditions'];
  return [{ ...layer[0]!, requests }];
}

/** Requests that are let through by the mesh, or, where it looks at none, by network policies; empty for every one. */
export function requestsThrough(
  c: Connectivity,
  from: Pod,
  to: Pod,
  way: Pick<Flow, 'port' | 'protocol'>,
): Requests[] {
  const mesh = c.mesh.decide(from, to, way.port, way.protocol).requests;
  return (mesh.length ? mesh : networkRequests(c, way, from, to)).flatMap((one) => one.requests);
}

/** Requests that network policies with HTTP rules allow; none where some rule allows the port as a whole. */
function networkRequests(
  c: Connectivity,
  { port, protocol }: Pick<Flow, 'port' | 'protocol'>,
  from: Pod,
  to: Pod,
): Allowed[] {
  const wire = wirePort(from, to, port, protocol);
  const side = (pod: Pod, direction: 'ingress' | 'egress', other: Pod) => {
    const rules = c.network
      .rules(pod, direction, other)
      .filter((rule) => !rule.denies && hasPort(resolvePorts(rule, to), wire, protocol));
    return rules.some((rule) => rule.requests.length === 0) ? [] : rules;
  };
  const ingress = side(to, 'ingress', from);
  return ingress.length ? ingress : side(from, 'egress', to);
}
