import type { Protocol } from '../../types/catalog.ts';
import type { KubernetesObject } from '../model.ts';
import type { Path } from '../selectors.ts';
import type { Addresses } from './address.ts';
import type { Labels, PodMatch } from './label-selector.ts';
import type { PortRange } from './port.ts';

/** Pods that no policy tells apart. */
export interface Pod {
  /** As findings name it: `shop/frontend`, `any other pod of shop`. */
  name: string;
  namespace: string;
  labels: Labels;
  namespaceLabels: Labels;
  serviceAccount: string;
  /** Of its certificate, where it is not the mesh's own. */
  trustDomain?: string;
  /** How it takes part in a mesh; empty for a pod outside of it. */
  mesh: '' | 'sidecar' | 'gateway' | 'ambient' | 'linkerd';
  ports: { name: string; port: number; protocol: Protocol }[];
  /** Ids of the declared endpoints that it belongs to. */
  endpoints: string[];
  /** Whether it is one of the graph's, a workload's or a controller's: others stand for whatever may come to run. */
  known: boolean;
  /** On the network of its node, where no policy applies (kubernetes.io, "Network Policies": hostNetwork pods). */
  hostNetwork: boolean;
  object?: KubernetesObject;
}

export type Direction = 'ingress' | 'egress';

/** Who stands at the other end: pods, addresses outside, or what only a network plugin can name. */
export interface Peer {
  path: Path;
  everything: boolean;
  pods?: PodMatch;
  addresses: Addresses;
  /** `host:<name or pattern>`, `entity:<name>`. */
  names: string[];
}

export type PortMatch = PortRange | { protocol: Protocol; name: string };

/** Requests by method and path; empty lists allow every one. */
export interface Requests {
  methods: string[];
  paths: string[];
  /** Further conditions hold that no file can answer, a token's or a header's: some of these requests are meant. */
  partial: boolean;
}

export interface NetworkRule {
  object: KubernetesObject;
  path: Path;
  direction: Direction;
  denies: boolean;
  peers: Peer[];
  /** Empty: every port. */
  ports: PortMatch[];
  /** Empty: every request. */
  requests: Requests[];
  /** Names that may be asked for over this connection to a DNS server, where the rule tells. */
  dnsNames: string[];
}

export interface NetworkPolicy {
  object: KubernetesObject;
  subject: PodMatch;
  isolates: Record<Direction, boolean>;
  rules: NetworkRule[];
}
