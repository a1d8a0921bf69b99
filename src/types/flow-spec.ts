import type { Protocol } from './catalog.ts';

/** Pods, or a network outside the cluster. */
export type EndpointSpec = PodsSpec | { cidr: string; ports?: Record<string, number> };

export interface PodsSpec {
  namespace: string;
  labels: Record<string, string>;
  /** By name; `metrics` is open to the namespace that collects them. */
  ports?: Record<string, number>;
  serviceAccount?: string;
}

/** Where a component reaches: inputs with its URL and, where network policies cannot name its host, its networks. */
export interface OutsideSpec {
  address: string;
  networks?: string;
}

/**
 * `from` and `to` name an endpoint, a place of `outside` (its port is that of the address), a group (`owned`, `meshed`,
 * `signature-sources`, or one of a component) or a place (`api-server`, `internet`, `anyone`). From `api-server`: what it calls,
 * a webhook for one.
 */
export interface FlowSpec {
  from: string;
  to: string;
  port: string | number;
  protocol?: Protocol;
  why: string;
}
