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

/** `from` and `to` name an endpoint, a group (`owned`, `meshed`, `signature-sources`, or one of a component) or a place (`api-server`, `internet`, `anyone`). */
export interface FlowSpec {
  from: string;
  to: string;
  port: string | number;
  protocol?: Protocol;
  why: string;
}
