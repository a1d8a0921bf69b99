import { UserError } from '../../error.ts';
import { outsideEndpoint, PLACES } from '../../plan/endpoints.ts';
import { didYouMean } from '../../suggest.ts';
import type { Endpoint } from '../../types/connections.ts';
import { addressesOf, contains } from './address.ts';
import type { Connectivity } from './connectivity.ts';
import { OUTSIDE } from './declared.ts';
import type { Pod } from './types.ts';

/** A pod, or a place outside. */
export type End = Pod | Endpoint;
export const isPod = (end: End): end is Pod => 'namespaceLabels' in end;
export const nameOfEnd = (end: End) => (isPod(end) ? end.name : end.id);

/** The end that a name of the command line means. */
export function endOf(c: Connectivity, text: string): End {
  const named = c.index.pods.filter(
    (pod) => pod.known && [pod.name, pod.name.split('/').at(-1)].includes(text),
  );
  if (named.length === 1) return named[0]!;
  if (named.length > 1)
    throw new UserError(
      `${text} may be ${named.map((pod) => pod.name).join(' or ')}: give its namespace.`,
      2,
    );
  const place = c.declared.flows
    .flatMap((flow) => [flow.from, flow.to])
    .find((one) => one.kind !== 'pods' && one.id === text);
  if (text === 'anyone') return OUTSIDE;
  if (place) return place;
  if (addressesOf(text).length) return outsideEndpoint({ cidr: text });
  if (text === 'internet' || text === 'api-server') return PLACES[text];
  if (text.includes('.')) return outsideEndpoint({ host: text });
  const known = c.index.pods.filter((pod) => pod.known).map((pod) => pod.name);
  const short = known.map((name) => name.split('/').at(-1)!);
  throw new UserError(`There is no ${text}.${didYouMean(text, [...known, ...short])}`, 2);
}

/** Whether a declared place is the one that is asked about, or a network that holds it. */
export const covers = (declared: Endpoint, { id, cidr }: Endpoint): boolean =>
  declared.id === id ||
  (cidr !== '' &&
    declared.cidr !== '' &&
    contains(addressesOf(declared.cidr, declared.except), addressesOf(cidr)));
