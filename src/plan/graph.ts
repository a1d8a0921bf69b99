import type { Service } from '../blueprint/service.ts';
import type { Endpoint } from '../types/connections.ts';
import type { OutsidePlan } from '../types/outside-plan.ts';
import { ref } from './endpoints.ts';
import type { Ports } from './ports.ts';

/** What flows are resolved against. */
export interface Graph {
  services: Service[];
  ports: Ports;
  /** Endpoints of services and components by id. */
  endpoints: Map<string, Endpoint>;
  /** Ports of components' endpoints, by endpoint and port name. */
  componentPorts: Record<string, Record<string, number>>;
  /** Places outside this repository, by the name that flows use. */
  outside: Map<string, OutsidePlan>;
  /** Several endpoints under one name: `owned`, `apps`, `meshed`. */
  groups: Record<string, Endpoint[]>;
  /** What components name for others: endpoints, groups and places. */
  named: Record<string, string[]>;
  /** The namespace whose pods collect metrics, when there is one. */
  scraper: Endpoint | undefined;
  /** Where the mesh serves the metrics of a meshed pod, its application's among them. */
  metricsPort: number | undefined;
  nodeLocalDns: boolean;
}

/** Ports on which an API server is reached: its Service's, and kubeadm's. */
export const API_SERVER_PORTS = [443, 6443];
/** The service that `name` or `namespace/name` means, seen from another service. */
export function findService(services: Service[], from: Service, to: string): Service | undefined {
  const wanted = to.includes('/') ? to : `${from.namespace}/${to}`;
  return index(services).get(wanted);
}

const indexes = new WeakMap<Service[], Map<string, Service>>();
function index(services: Service[]): Map<string, Service> {
  const known = indexes.get(services) ?? new Map(services.map((service) => [ref(service), service]));
  indexes.set(services, known);
  return known;
}
