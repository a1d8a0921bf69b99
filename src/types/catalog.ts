/** What the user can choose from: slots, their components, and the texts each component brings. */
import type { EndpointSpec, FlowSpec, OutsideSpec } from './flow-spec.ts';
import type { INPUT_TYPES } from './input-types.ts';
import type { ReferSpec, SealSpec } from './secrets-backend.ts';

export interface Catalog {
  slots: Slot[];
  base: Component;
  /** Every input of the base and of all components, in prompt order. */
  inputs: Input[];
  refusals: Refusal[];
  /** The services that are rendered when none are given, in the Blueprint's form. */
  sample: unknown;
  /** What `verify` checks, by area: the page of rules is made of it. */
}

/** Rules of `verify` in their own words. */
export interface RuleArea {
  title: string;
  rules: { id: string; severity: string; title: string; why: string; fix: string }[];
}

export interface Slot {
  name: string;
  label: string;
  question: string;
  order: number;
  default: string;
  /** The slot whose chosen component decides this one; such a slot is never asked. */
  decidedBy?: string;
  /** Names that every component of the slot must provide. */
  provides: string[];
  /** Fields of which every component of the slot gives exactly one. */
  oneOf: string[];
  /** Groups of endpoints that every component of the slot must name: flows of other components mean them. */
  groups: string[];
  components: Component[];
}

export interface Component {
  slot: string;
  name: string;
  label: string;
  hint: string;
  versions: Record<string, string>;
  inputs: Input[];
  namespaces: Record<string, NamespaceSpec>;
  endpoints: Record<string, EndpointSpec>;
  /** Places that inputs name and this repository does not hold, by the name that flows use. */
  outside: Record<string, OutsideSpec>;
  /** Endpoints and places under a name that flows of other components may use; none means that such a flow is left out. */
  groups: Record<string, string[]>;
  flows: FlowSpec[];
  layers: LayerSpec[];
  /** Layers of other components whose kinds the platform brings with this choice: two owners would undo each other. */
  brought: string[];
  releases: ReleaseSpec[];
  secrets: ComponentSecret[];
  /**
   * Capabilities that this component enforces; with `unless`, only while no chosen one has that other: encryption hides requests.
   * What is declared and enforced by none is a gap.
   */
  enforces: { capability: string; unless?: string }[];
  provides: Record<string, unknown>;
  /** Slots that this component decides, by component name. */
  decides: Record<string, string>;
  /** Templates whose file is written when it is absent and never replaced. */
  once: string[];
  seal?: SealSpec;
  refer?: ReferSpec;
  templates: Template[];
  /** Pieces of shared pages, by the page part they belong to. */
  parts: Record<string, Render>;
}

export type Render = (data: object) => string;

export interface Template {
  /** Path in the generated repository, with `[item]` segments. */
  path: string;
  /** The choice without which the file is left out, from a `(slot=component)` segment. */
  when?: { slot: string; component: string };
  /** The input without which the file is left out, from a `(given=input)` segment. */
  given?: string;
  once: boolean;
  render: Render;
}

export interface Input {
  name: string;
  label: string;
  question?: string;
  hint: string;
  type: (typeof INPUT_TYPES)[number];
  options?: string[];
  /** What a text, a file's content, or each item of a list must match. */
  pattern?: string;
  default?: InputValue;
  order: number;
  /** Inputs without which this one means nothing. */
  needs?: string[];
  /** What stays open until a value is given; shown in README, docs and at the end of `create`. */
  pending?: string;
  /** The command that gives the value, where another render with a flag does not. */
  pendingCommand?: string;
  /** The component that brings the input; absent for the base. */
  of?: { slot: string; component: string };
}

export type InputValue = string | boolean | string[];

export interface NamespaceSpec {
  podSecurity: PodSecurityLevel;
  /** Why the level is not `restricted`. */
  reason?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface LayerSpec {
  name: string;
  path: string;
  after: string[];
  /** A Git source of its own, for files that upstream keeps. */
  source?: { url: string; tag: string; path: string };
  prune?: boolean;
  wait?: boolean;
  /** Applied by an identity that may write the kinds of this layer in application namespaces only. */
  narrow?: boolean;
  /** CEL expressions that tell when a kind whose status is blind is ready. */
  ready?: { apiVersion: string; kind: string; current: string }[];
  why: string;
}

/** A Helm chart to install. Its values are the part `values/<name>`. */
export interface ReleaseSpec {
  name: string;
  /** The layer whose folder holds it. */
  layer: string;
  namespace: string;
  /** `https://…` or `oci://…`, without the chart's name. */
  repository: string;
  chart: string;
  version: string;
  /** Releases of the same layer that must be ready before. */
  after?: string[];
  /** Who signs the chart in its OCI registry: regular expressions over the whole issuer and subject. */
  verify?: { issuer: string; subject: string };
  /** What to do with the chart's `crds/` folder. */
  crds: 'CreateReplace' | 'Skip';
  /** Fields that the controller itself changes at run time. */
  driftIgnore?: { kind: string; paths: string[] }[];
}

export interface ComponentSecret {
  namespace: string;
  name: string;
  keys: string[];
  /** Whether a random value would do. */
  generate?: boolean;
  /** The input without which nothing reads it. */
  input?: string;
  /** Whether its reader works without it. */
  optional?: boolean;
  /** What reads it, by name. */
  reader: string;
  /** `deployment/name` in its namespace, which reads it only when it starts; absent where it is read at each use. */
  restart?: string;
  why: string;
}

/** A combination that must not be rendered. */
export interface Refusal {
  when: Record<string, string>;
  /** Options with which it can be rendered all the same. */
  unless?: Record<string, string>;
  reason: string;
  instead: string;
  evidence: string;
}
