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
