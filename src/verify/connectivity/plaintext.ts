import type { KubernetesObject, Model } from '../model.ts';
import type { Path } from '../selectors.ts';
import type { Connectivity } from './connectivity.ts';
import { PROXY_PORTS } from './mesh.ts';
import { groupBy } from './pod-index.ts';
import type { Pod } from './types.ts';

/** Pods that the graph has in the mesh and that take plain connections, by what lets them. */
export interface Plaintext {
  pods: string[];
  object?: KubernetesObject;
  path: Path;
  why: string;
}

/** Only where a chosen component enforces mutual TLS: without one, the graph's gap says so. */
export function plaintext(model: Model, c: Connectivity): Plaintext[] {
  if (!model.declared.capabilities.includes('mtls')) return [];
  const meshed = model.declared.endpoints.filter((one) => one.meshed).map((one) => one.id);
  const namespaces = model.declared.namespaces
    .filter((one) => one.meshed)
    .map((one) => `namespace ${one.name}`);
  const wanted = new Set([...meshed, ...namespaces]);
  const byReceiver = groupBy(
    c.declared.flows.filter(({ protocol }) => protocol === 'TCP'),
    ({ to }) => [to.id],
  );
  const portsOf = (pod: Pod) => [
    ...pod.ports.map(({ port }) => port),
    ...pod.endpoints.flatMap((id) => (byReceiver.get(id) ?? []).map(({ port }) => port)),
  ];
  const found = c.index.pods
    .filter((pod) => pod.endpoints.some((id) => wanted.has(id)))
    .flatMap((pod) => plainAt(c, pod, portsOf(pod)).map((one) => ({ ...one, pod: pod.name })));
  const groups = groupBy(found, ({ why, object, path }) => [
    JSON.stringify([why, object?.file, object?.kind, object?.namespace, object?.name, path]),
  ]);
  return [...groups.values()].map((same) => {
    const { object, path, why } = same[0]!;
    return { pods: [...new Set(same.map((one) => one.pod))], path, why, ...(object && { object }) };
  });
}

/** Linkerd's proxies take identities from what calls them and say so in its own policies, which are not looked at here. */
function plainAt(c: Connectivity, pod: Pod, ports: number[]): Omit<Plaintext, 'pods'>[] {
  if (pod.mesh === 'gateway' || pod.mesh === 'linkerd') return [];
  const home = pod.object ?? c.namespaces.objectOf(pod.namespace);
  if (pod.mesh === '')
    return [
      { why: 'it is declared in the mesh, but runs outside of it', path: [], ...(home && { object: home }) },
    ];
  return [...new Set([...ports, ANY_OTHER])]
    .filter((port) => !PROXY_PORTS.includes(port))
    .flatMap((port) => {
      const { mode, object, path } = c.mesh.mutualTls(pod, port);
      if (mode === 'STRICT') return [];
      const blamed = object ?? c.namespaces.objectOf(pod.namespace);
      const why = object
        ? `its mode is ${mode}`
        : 'no PeerAuthentication makes mutual TLS STRICT, and PERMISSIVE is the default';
      return [{ why, path, ...(blamed && { object: blamed }) }];
    });
}

/** A port that nothing names. */
const ANY_OTHER = 65535;
