import type { Blueprint } from '../blueprint/schema.ts';
import type { Files } from '../types/files.ts';
import type { Plan } from '../types/plan.ts';

/** Where something stands in a file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

/** One Kubernetes object as the repository holds it. */
export interface KubernetesObject {
  apiVersion: string;
  /** The API group; empty for the core group. */
  group: string;
  kind: string;
  name: string;
  /** Empty for what is cluster-wide, and where the file names none. */
  namespace: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  body: Record<string, unknown>;
  file: string;
  /** Where the value at a path of the body stands: `at('spec', 'ingress', 0)`. The nearest value above it when there is none. */
  at: (...path: (string | number)[]) => Position;
}

/** A unit that the GitOps engine applies as one, and what it waits for. */
export interface Layer {
  name: string;
  object: KubernetesObject;
  /** Folder in the repository; empty for files that upstream keeps. */
  path: string;
  dependsOn: string[];
  /** Whether later layers wait until its objects are ready. */
  waits: boolean;
  prunes: boolean;
  serviceAccount: string;
  /** `<group>/<kind>` whose readiness an expression tells. */
  ready: string[];
  decrypts: boolean;
  files: string[];
  objects: KubernetesObject[];
}

/** A repository read back from its files as GitOps would, and the graph that it declares. */
export interface Model {
  /** Every text file, by path. */
  files: Files;
  /** Objects that the GitOps entry reaches, patches applied. */
  objects: KubernetesObject[];
  layers: Layer[];
  /** Files that hold Kubernetes objects which nothing reaches. */
  unreachable: string[];
  blueprint: Blueprint;
  /** What `zero-trust.yaml` declares. The objects above were read without it. */
  declared: Plan;
  /** What stood in the way of reading: broken YAML, a reference to a file that is not there. */
  problems: Hit[];
  /** What reading met beside the objects: entries that lead nowhere, patches without effect. The rules of reach say them. */
  remarks?: Remark[];
  /** The day that ends of exceptions are compared with: `2026-11-25`. Absent, nothing has ended. */
  today?: string;
  /** What `flux bootstrap` makes or will make, patched as the repository says. Not among the objects. */
  bootstrapped?: KubernetesObject[];
}

/** Something that reading met, by its cause. */
export interface Remark extends Hit {
  cause: string;
}

/** One thing that a rule has to say. */
export interface Hit {
  file: string;
  position?: Position;
  /** `Kind namespace/name`. */
  object?: string;
  message: string;
  /** A command or patch that mends just this. */
  fix?: string;
}

export type Severity = 'error' | 'warning' | 'note';
export type Area = 'reach' | 'order' | 'select' | 'graph' | 'enforce' | 'secrets' | 'fresh' | 'verify';

/** One rule, in a file of its own: what it checks, why it matters, and how a finding is mended. */
export interface Rule {
  /** `area/what`, stable: suppressions name it. */
  id: string;
  area: Area;
  /** A note counts with `--strict` only. */
  severity: Severity;
  title: string;
  why: string;
  fix: string;
  check: (model: Model) => Iterable<Hit>;
}

/** A hit with the rule that it is of. */
export interface Finding extends Hit {
  rule: string;
  severity: Severity;
}

export interface Suppressed extends Finding {
  /** The reason given beside `# zero-trust: ignore RULE reason`. */
  reason: string;
}

export interface Verdict {
  findings: Finding[];
  suppressed: Suppressed[];
  /** Rules that ran, and how many objects, layers and pairs of pods they looked at. */
  rules: number;
  objects: number;
  layers: number;
  pairs: number;
}
