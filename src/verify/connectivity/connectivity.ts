import type { Model } from '../model.ts';
import { readAuthorizationPolicy } from './authorization-policy.ts';
import { readCiliumPolicy } from './cilium.ts';
import { withServices } from './cilium-services.ts';
import { declaredOf, type Declared } from './declared.ts';
import { identitiesOf } from './identities.ts';
import { istioSettings } from './istio.ts';
import { meshOfPolicies, type Mesh } from './mesh.ts';
import { namespacesOf, type Namespaces } from './namespaces.ts';
import { networkOf, type Network } from './network.ts';
import { readNetworkPolicy } from './network-policy.ts';
import { isPeerAuthentication } from './peer-authentication.ts';
import { indexPods, type PodIndex } from './pod-index.ts';
import { populationOf, type Population } from './pods.ts';
import { readServiceEntry, type ServiceEntry } from './service-entry.ts';
import { servicesOf, type ServicesOf } from './waypoint.ts';

/** A repository's policies, the pods that they tell apart, and what the graph declares of those. */
export interface Connectivity {
  namespaces: Namespaces;
  index: PodIndex;
  missing: Population['missing'];
  declared: Declared;
  network: Network;
  mesh: Mesh;
  serviceEntries: ServiceEntry[];
  services: ServicesOf;
  /** How many pairs of ends were compared so far. */
  looked: { pairs: number };
}

const known = new WeakMap<Model, Connectivity>();

/** Reads all policies of a repository, once per model. */
export function connectivityOf(model: Model): Connectivity {
  const found = known.get(model) ?? read(model);
  known.set(model, found);
  return found;
}

function read(model: Model): Connectivity {
  const { objects } = model;
  const settings = istioSettings(model);
  const network = withServices(
    objects.flatMap((one) => [readNetworkPolicy(one) ?? [], readCiliumPolicy(one)].flat()),
    objects,
  );
  const authorization = objects.flatMap((one) => readAuthorizationPolicy(one, settings) ?? []);
  const peers = network.flatMap((one) =>
    one.rules.flatMap((rule) => rule.peers.flatMap((peer) => peer.pods ?? [])),
  );
  const subjects = [network.map((one) => one.subject), authorization.flatMap((one) => one.subjects)].flat();
  const namespaces = namespacesOf(model, [...peers, ...subjects]);
  const { pods, missing } = populationOf(model, namespaces, {
    subjects,
    peers,
    identities: identitiesOf(authorization, settings),
  });
  const index = indexPods(pods);
  const services = servicesOf(model, index);
  return {
    namespaces,
    index,
    missing,
    declared: declaredOf(model),
    network: networkOf(network, index),
    mesh: meshOfPolicies({
      policies: authorization,
      peerAuthentications: objects.filter(isPeerAuthentication),
      settings,
      index,
      services,
    }),
    serviceEntries: objects.flatMap((one) => readServiceEntry(one) ?? []),
    services,
    looked: { pairs: 0 },
  };
}
