import type { Protocol } from './catalog.ts';
import type { HttpRule } from './connections.ts';

export interface ServicePlan {
  name: string;
  /** Its folder below `apps/`: the name, or `<namespace>-<name>` where two namespaces have one. */
  folder: string;
  namespace: string;
  kind: string;
  own: boolean;
  labels: Record<string, string>;
  serviceAccount: { name: string; annotations: Record<string, string> };
  /** `<trust domain>/ns/<namespace>/sa/<account>` or as the mesh writes it. */
  identity: string;
  ports: ServicePortPlan[];
  /** The Service and its aliases. */
  serviceNames: string[];
  headless: boolean;
  /** Kubernetes objects of the workload: one per version. */
  workloads: WorkloadPlan[];
  routes: RoutePlan[];
  disruptionBudget: boolean;
  kubernetesApi: { apiGroup: string; resources: string[]; names: string[]; verbs: string[] }[];
  /** Who may call this service over TCP, per caller identity. */
  callers: CallerPlan[];
  calls: { to: string; namespace: string; port: number; rules: HttpRule[] }[];
  /** Host names and networks outside the cluster that are reached over TCP, each with its ports. */
  egress: DestinationPlan[];
  secrets: string[];
  root: { reason: string; owner: string; expires: string; capabilities: string[] } | null;
  metrics: { port: number; path: string } | null;
}

export interface DestinationPlan {
  /** Empty for a network. */
  host: string;
  /** Empty for a host. */
  cidr: string;
  ports: number[];
  /** Whether every port is one of the web's, whose requests name their host. */
  web: boolean;
}

export interface ServicePortPlan {
  name: string;
  port: number;
  targetPort: number;
  protocol: Protocol;
  appProtocol: string;
  /** As Service.spec.ports.appProtocol names it, so that meshes and gateways do not guess. */
  serviceAppProtocol: string;
  http: boolean;
}

export interface WorkloadPlan {
  /** File name without ending: `deployment`, `deployment-v2`. */
  file: string;
  name: string;
  object: Record<string, unknown>;
  images: string[];
}

export interface CallerPlan {
  /** The caller's service name, `gateway`, or a whole namespace. */
  name: string;
  kind: 'service' | 'gateway' | 'namespace';
  namespace: string;
  identity: string;
  port: number;
  rules: HttpRule[];
}

export interface RoutePlan {
  file: string;
  name: string;
  hosts: string[];
  paths: { path: string; type: 'PathPrefix' | 'Exact' }[];
  service: string;
  port: number;
  timeout: string;
  /** Headers of every response, whatever the service says. */
  responseHeaders: { name: string; value: string }[];
  /** Names of the HTTPS listeners on the shared Gateway. */
  listeners: string[];
}
