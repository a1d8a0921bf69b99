import type { InputValue } from '../types/catalog.ts';
import type { GatewayPlan, HostPlan } from '../types/gateway-plan.ts';
import { list, text } from './values.ts';

type Inputs = Record<string, InputValue | null>;

const SECONDS = { second: 1, minute: 60, hour: 3600 };
const BYTES = { Ki: 1024, Mi: 1024 * 1024 };

/** What the shared Gateway asks of every request, as far as it was given. */
export function planGateway(inputs: Inputs, hosts: HostPlan[]): GatewayPlan {
  return {
    jwt: jwtOf(inputs),
    rateLimit: rateLimitOf(inputs),
    maxRequestBody: bodyOf(inputs),
    hostOwners: JSON.stringify(ownersOf(hosts), null, 2),
  };
}

/** Host names by the namespace whose routes may use them. */
export function ownersOf(hosts: HostPlan[]): Record<string, string[]> {
  const names = [...new Set(hosts.flatMap((one) => one.namespaces))].sort();
  return Object.fromEntries(
    names.map((name) => [name, hosts.filter((one) => one.namespaces.includes(name)).map((one) => one.host)]),
  );
}

function jwtOf(inputs: Inputs): GatewayPlan['jwt'] {
  const issuer = text(inputs['jwtIssuer']);
  const jwks = text(inputs['jwtJwks']);
  if (!issuer || !jwks) return null;
  const openPaths = list(inputs['jwtOpenPaths']).map((path) => ({
    path,
    isPrefix: path.endsWith('*'),
    value: path.replace(/\*$/, ''),
  }));
  return { issuer, jwks, audiences: list(inputs['jwtAudiences']), openPaths };
}

function rateLimitOf(inputs: Inputs): GatewayPlan['rateLimit'] {
  const [requests, unit] = text(inputs['rateLimit']).split('/');
  if (!requests || !unit) return null;
  const seconds = SECONDS[unit as keyof typeof SECONDS];
  // As enumerations of units are spelled: Second.
  return { requests: Number(requests), unit: unit[0]!.toUpperCase() + unit.slice(1), seconds };
}

function bodyOf(inputs: Inputs): GatewayPlan['maxRequestBody'] {
  const size = text(inputs['maxRequestBody']);
  const unit = size.slice(-2) as keyof typeof BYTES;
  return size ? { size, bytes: Number.parseInt(size) * BYTES[unit] } : null;
}
