import type { InputValue, PodSecurityLevel, Render } from './catalog.ts';
import type { Endpoint, Flow, PolicyGroup } from './connections.ts';
import type { OutsidePlan } from './outside-plan.ts';
import type { SignaturePlan } from './signature-plan.ts';
import type { SecretPlan } from './secret-plan.ts';
import type { HostPlan, GatewayPlan } from './gateway-plan.ts';
import type { ServicePlan } from './service-plan.ts';

/** Everything that will be written and why: what templates read. Pure data, no clock, no disk. */
export interface Plan {
  name: string;
  /** Version of the tool that makes it: what the rendered repository calls. */
  toolVersion: string;
  choices: Record<string, string>;
  inputs: Record<string, InputValue | null>;
  /** Chosen component per slot: label, versions, and the names that its slot promises. */
  components: Record<string, ChosenComponent>;
  /** All `provides` of the chosen components, merged: `provides.mesh.gatewayClass`. */
  provides: Record<string, Record<string, unknown>>;
  capabilities: string[];
  /** Pieces of shared pages that the chosen components bring, by the page part's name. */
  parts: Record<string, { render: Render; versions: Record<string, string> }[]>;
  namespaces: NamespacePlan[];
  /** What groups of people may do; only roles that somebody has. */
  access: AccessPlan[];
  /** Namespaces that admission policies leave alone: the control plane's, the GitOps engine's, the platform's. */
  exempt: string[];
  services: ServicePlan[];
  configMaps: ConfigMapPlan[];
  secrets: SecretPlan[];
  /** Workloads that hold an old value of a Secret until they start anew, each once: `deployment/name`. */
  secretReaders: { namespace: string; workload: string }[];
  /** Namespaces with a Secret whose value lies in a store. */
  secretNamespaces: { name: string }[];
  /** Places outside this repository that components reach. */
  outside: OutsidePlan[];
  hosts: HostPlan[];
  gateway: GatewayPlan;
  /** Domains under which the hosts lie: the cluster's own first. */
  zones: string[];
  endpoints: Endpoint[];
  /** Groups that components name for others, such as who may send requests to the Gateway. */
  groups: Record<string, Endpoint[]>;
  flows: Flow[];
  /** Ports of webhooks, which the API server calls. */
  webhookPorts: number[];
  layers: LayerPlan[];
  releases: ReleasePlan[];
  images: string[];
  /** Registry and first path segment of every image: `docker.io/library`, `ghcr.io/org`. */
  registries: string[];
  signatures: SignaturePlan | null;
  /** The command that renders this repository again. */
  replay: string;
  /** Mermaid text: who calls whom, layers in order, trust boundaries. */
  diagrams: Diagrams;
  gaps: Gap[];
  pending: Pending[];
  files: PlannedFile[];
}

export interface Diagrams {
  calls: string;
  layers: string;
  trust: string;
}

export interface ChosenComponent {
  slot: string;
  name: string;
  label: string;
  hint: string;
  versions: Record<string, string>;
  /** What it enforces beside the others that are chosen. */
  enforces: string[];
}

export interface NamespacePlan {
  name: string;
  kind: 'app' | 'platform' | 'gateway';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  podSecurity: {
    enforce: PodSecurityLevel;
    audit: PodSecurityLevel;
    warn: PodSecurityLevel;
    version: string;
    reason: string;
  };
  stages: { podSecurity: string; policies: string; network: string };
  /** Whether every image of the namespace is named by digest. */
  digests: boolean;
  meshed: boolean;
  /** What the pods of an application namespace may request together. */
  quota: QuotaPlan | null;
  /** Allowed connections, grouped as their files are: dns, gateway, inter-service, egress, platform. */
  policyGroups: PolicyGroup[];
}

/** Sums over a namespace, as quantities; empty where nothing is given or can be derived. */
export interface QuotaPlan {
  cpu: string;
  memory: string;
  pods: string;
}

/** A role for people, and who has it where. An empty namespace is the whole cluster. */
export interface AccessPlan {
  role: string;
  bindings: { namespace: string; groups: string[] }[];
}

/** One half of a rule: what it does, and in which namespaces. */
export interface PolicyStage {
  /** Empty where the rule denies, `-audit` for its twin that only reports: the end of the file's and the object's name. */
  suffix: string;
  action: 'Deny' | 'Audit';
  operator: 'NotIn' | 'In';
  namespaces: string[];
  /** Services of these namespaces that start as root, and those of them that keep capabilities. */
  roots: ServicePlan[];
  capable: ServicePlan[];
}

export interface ConfigMapPlan {
  name: string;
  namespace: string;
  data: Record<string, string>;
}

export interface LayerPlan {
  name: string;
  path: string;
  after: string[];
  source: { url: string; tag: string; path: string } | null;
  prune: boolean;
  wait: boolean;
  /** Applied by an identity that may write the kinds of this layer in application namespaces only. */
  narrow: boolean;
  ready: { apiVersion: string; kind: string; current: string }[];
  why: string;
  hasSecrets: boolean;
}

/** A Helm chart to install; its values are the part `values/<name>`. */
export interface ReleasePlan {
  name: string;
  /** Path without ending: the layer's folder and the release's name. */
  file: string;
  namespace: string;
  repository: string;
  chart: string;
  version: string;
  oci: boolean;
  after: string[];
  verify: { issuer: string; subject: string } | null;
  crds: string;
  driftIgnore: { kind: string; paths: string[] }[];
}

/** A declared control that no chosen component enforces. */
export interface Gap {
  id: string;
  control: string;
  items: string[];
  reason: string;
}

/** What only the user can supply and has not yet. */
export interface Pending {
  id: string;
  what: string;
  command: string;
}

/** A file to render: where it goes, which component owns it, and the item it is about. */
export interface PlannedFile {
  path: string;
  component: string;
  /** Written when it is absent and never replaced. */
  once: boolean;
  render: Render;
  item: Record<string, unknown>;
}
