import type { Protocol } from './catalog.ts';

export interface PolicyGroup {
  group: FlowGroup;
  policies: ConnectionPolicy[];
}

export type FlowGroup = 'dns' | 'gateway' | 'inter-service' | 'egress' | 'platform';

/** What one set of pods may accept and open. Ports are those on the wire. */
export interface ConnectionPolicy {
  name: string;
  namespace: string;
  /** Empty: every pod of the namespace. */
  labels: Record<string, string>;
  ingress: ConnectionRule[];
  egress: ConnectionRule[];
}

export interface ConnectionRule {
  why: string;
  /** Empty: any peer. */
  peers: Peer[];
  ports: { port: number; protocol: Protocol }[];
  rules: HttpRule[];
}

export type Peer =
  | { kind: 'pods'; namespace: string; labels: Record<string, string> }
  | { kind: 'cidr'; cidr: string; except: string[] }
  | { kind: 'host'; host: string; wildcard: boolean }
  | { kind: 'api-server' }
  | { kind: 'internet' };

export interface HttpRule {
  methods: string[];
  paths: string[];
}

/** What can open or accept a connection. */
export interface Endpoint {
  id: string;
  kind: 'pods' | 'cidr' | 'host' | 'api-server' | 'internet' | 'anyone';
  namespace: string;
  labels: Record<string, string>;
  serviceAccount: string;
  meshed: boolean;
  cidr: string;
  except: string[];
  host: string;
}

/** One allowed connection. `port` is the one that the receiving container listens on. */
export interface Flow {
  from: Endpoint;
  to: Endpoint;
  port: number;
  protocol: Protocol;
  rules: HttpRule[];
  group: FlowGroup;
  owner: string;
  why: string;
}
