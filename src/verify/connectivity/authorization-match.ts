import type {
  AuthorizationPolicy,
  AuthorizationRule,
  Condition,
  Operation,
  Source,
  Wanted,
} from './authorization-policy.ts';
import { matchesPattern } from './http.ts';
import type { Pod, Requests } from './types.ts';

/** A connection as the receiving proxy sees it. */
export interface Connection {
  /** `<trust domain>/ns/<namespace>/sa/<account>` of the caller's certificate; empty without one. */
  principal: string;
  from: Pod;
  to: Pod;
  port: number;
  /** Whether the proxy reads requests: not those of plain TCP, and never in ztunnel. */
  http: boolean;
}

/** Requests that a rule matches on a connection; none: no request of it. */
export type Matched = Requests[];

const EVERY_REQUEST: Requests = { methods: [], paths: [], partial: false };

/**
 * Matches one rule: "at least one source, one operation and all conditions". On a connection without HTTP an ALLOW rule with
 * HTTP fields never matches, and in a DENY rule "missing attributes are treated as matches".
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function matchRule(
  rule: AuthorizationRule,
  action: AuthorizationPolicy['action'],
  connection: Connection,
): Matched {
  const sources = rule.sources.length ? rule.sources.map((one) => matchSource(one, connection)) : [true];
  const source = sources.includes(true) ? true : sources.includes('partly') ? 'partly' : false;
  const conditions = rule.conditions.map((one) => matchCondition(one, connection));
  if (source === false || conditions.includes(false)) return [];
  const partial = source === 'partly' || conditions.includes('partly');
  const operations = rule.operations.length
    ? rule.operations.flatMap((one) => matchOperation(one, action, connection))
    : [EVERY_REQUEST];
  return operations.map((one) => ({ ...one, partial: one.partial || partial }));
}

type Answer = boolean | 'partly';

function matchSource(source: Source, { principal, from, to }: Connection): Answer {
  const { namespaces, serviceAccounts, principals, unknown } = source;
  // "This field requires mTLS enabled": without a certificate there is neither principal nor namespace.
  const namespace = principal && from.namespace;
  const account = principal && `${from.namespace}/${from.serviceAccount}`;
  // `sa` alone is an account of the policy's own namespace, which is the receiver's.
  const full = ({ is, isNot }: Wanted) => {
    const name = (one: string) => (one.includes('/') ? one : `${to.namespace}/${one}`);
    return { is: is.map(name), isNot: isNot.map(name) };
  };
  const matched =
    matchWanted(principals, principal) &&
    matchWanted(namespaces, namespace) &&
    matchWanted(full(serviceAccounts), account);
  return matched && unknown ? 'partly' : matched;
}

const matchWanted = ({ is, isNot }: Wanted, value: string): boolean =>
  (is.length === 0 || is.some((pattern) => matchesPattern(pattern, value))) &&
  !isNot.some((pattern) => matchesPattern(pattern, value));

function matchOperation(
  { ports, methods, paths, hosts }: Operation,
  action: AuthorizationPolicy['action'],
  { port, http }: Connection,
): Requests[] {
  if (!matchWanted(ports, String(port))) return [];
  const l7 = [methods, paths, hosts].some(({ is, isNot }) => is.length + isNot.length > 0);
  if (!l7) return [EVERY_REQUEST];
  if (!http) return action === 'DENY' ? [EVERY_REQUEST] : [];
  const others = [hosts.is, hosts.isNot, methods.isNot, paths.isNot];
  return [{ methods: methods.is, paths: paths.is, partial: others.some((list) => list.length > 0) }];
}

/** Attributes of https://istio.io/latest/docs/reference/config/security/conditions/; others are up to the request. */
function matchCondition({ key, values }: Condition, { principal, from, port }: Connection): Answer {
  const known: Record<string, string> = {
    'source.principal': principal,
    'source.namespace': principal && from.namespace,
    'destination.port': String(port),
  };
  return key in known ? matchWanted(values, known[key]!) : 'partly';
}
