import type { Endpoint, Flow } from '../../../types/connections.ts';
import type { Model } from '../../model.ts';

/** One way from an end to another, and what each layer says of it; null where no layer of that kind judges it. */
export interface Connection {
  from: string;
  to: string;
  /** The namespace of each end, or its name where it has none. */
  fromGroup: string;
  toGroup: string;
  port: number;
  protocol: string;
  /** `GET, POST /api/*`, as declared. */
  rules: string;
  why: string;
  declared: boolean;
  network: boolean | null;
  mesh: boolean | null;
}

/** `match` where the layers together allow just what is declared. */
export type Difference = 'match' | 'blocked' | 'open' | 'none';

/** How what is allowed differs from what is declared. A layer that does not judge stops nothing. */
export function differenceOf({ declared, network, mesh }: Connection): Difference {
  const allowed = network !== false && mesh !== false;
  if (declared) return allowed ? 'match' : 'blocked';
  return allowed ? 'open' : 'none';
}

/** Every connection that is declared or that a layer allows. */
export function connections({ declared }: Model): Connection[] {
  return declared.flows.map(fromFlow);
}

const fromFlow = ({ from, to, port, protocol, rules, why }: Flow): Connection => ({
  from: from.id,
  to: to.id,
  fromGroup: groupOf(from),
  toGroup: groupOf(to),
  port,
  protocol,
  rules: rules.map((rule) => `${rule.methods.join(', ')} ${rule.paths.join(', ')}`.trim()).join('; '),
  why,
  declared: true,
  network: null,
  mesh: null,
});

const groupOf = ({ namespace, id }: Endpoint) => namespace || id;
