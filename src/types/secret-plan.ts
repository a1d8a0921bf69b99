import type { Endpoint } from './connections.ts';

export interface SecretPlan {
  name: string;
  namespace: string;
  keys: string[];
  /** Nodes pull with no other than `kubernetes.io/dockerconfigjson`. */
  type: 'Opaque' | 'kubernetes.io/dockerconfigjson';
  /** Whether a random value would do where none is given. */
  generate: boolean;
  /** Whether every reader works without it. */
  optional: boolean;
  /** Services and components that read it. */
  usedBy: string[];
  /** `deployment/name` of each workload of its namespace that holds an old value until it starts anew. */
  restart: string[];
  why: string;
  /** Where its ciphertext, or what names it, lies in the repository. */
  path: string;
  sealed: boolean;
  /** Whether the repository names it for a backend that keeps its value in a store. */
  referred: boolean;
  /** The command that puts its values into that store; empty where there is none. */
  command: string;
}

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

/** Which images must be signed, and by whom: a keyless identity, or a public key. */
export interface SignaturePlan {
  /** Registry and path below which images are signed. */
  prefixes: string[];
  /** Empty with a key. */
  issuer: string;
  /** A regular expression over the whole subject; empty with a key. */
  subject: string;
  /** PEM; empty with an identity. */
  key: string;
  /** The images of the Plan that are meant. */
  images: string[];
  globs: string[];
  /** What a verifier must reach. */
  hosts: string[];
  /** The networks of these hosts; empty where only their names are known. */
  networks: string[];
}
