import type { Flow } from '../../types/connections.ts';
import { addressesOf, contains } from './address.ts';
import type { AuthorizationRule } from './authorization-policy.ts';
import type { Connectivity } from './connectivity.ts';
import type { Pod } from './types.ts';

/**
 * Declared flows to a Gateway whose callers a rule cannot tell from others: its listeners ask for no certificate of the mesh.
 * Pods are told apart by the network alone; networks by their addresses, so a rule for them must name these.
 */
export function unidentified(c: Connectivity, { sources }: AuthorizationRule, to: Pod): Flow[] {
  if (to.mesh !== 'gateway') return [];
  const flows = c.declared.flows.filter((flow) => to.endpoints.includes(flow.to.id));
  const networks = flows.filter(({ from }) => from.kind === 'cidr');
  const known = networks.flatMap(({ from }) => c.declared.addressesOf(from));
  const named = sources.map(({ ipBlocks }) => ipBlocks.flatMap((one) => addressesOf(one)));
  const isNarrow = named.length > 0 && named.every((one) => one.length > 0 && contains(known, one));
  return [...flows.filter(({ from }) => from.kind === 'pods' && !from.meshed), ...(isNarrow ? networks : [])];
}
