import type { Endpoint } from './connections.ts';

/** A place outside this repository that a component reaches. */
export interface OutsidePlan {
  id: string;
  /** The slot of the component that reaches it. */
  slot: string;
  /** Input that holds its address. */
  input: string;
  /** Input that may hold its networks; empty where there is none. */
  networks: string;
  host: string;
  port: number;
  /** Whether it is in the same cluster. */
  inCluster: boolean;
  /** What network policies open: its networks, its namespace, or its host name. */
  ends: Endpoint[];
}
