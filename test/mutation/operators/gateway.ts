import { edits, put, remove, type Operators } from '../mutant.ts';
import type { Any } from '../repository.ts';

/** Public entries that open too far, or lead nowhere. */
export const GATEWAY: Operators = {
  'gateway/from-all': listeners((at) => [put([...at, 'allowedRoutes', 'namespaces'], { from: 'All' })]),
  'gateway/any-route': listeners((at, one) => [
    remove([...at, 'allowedRoutes']),
    one.allowedRoutes?.namespaces?.selector && put([...at, 'allowedRoutes', 'namespaces', 'selector'], {}),
  ]),
  'gateway/allow-namespace': listeners((at, one) => {
    const values = one.allowedRoutes?.namespaces?.selector?.matchExpressions?.[0]?.values;
    const list = [...at, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'];
    return values ? [put([...list, values.length], 'cert-manager')] : [];
  }),
  'gateway/duplicate-hostname': listeners((at, one, all) =>
    all
      .filter(({ hostname }) => hostname && hostname !== one.hostname && one.hostname)
      .map(({ hostname }) => put([...at, 'hostname'], hostname)),
  ),
  'gateway/hostname': listeners((at, one) =>
    one.hostname ? [remove([...at, 'hostname']), put([...at, 'hostname'], 'old.example.org')] : [],
  ),
  'gateway/plain': listeners((at, one) =>
    one.protocol === 'HTTPS'
      ? [remove([...at, 'tls']), put([...at, 'protocol'], 'HTTP'), put([...at, 'tls', 'mode'], 'Passthrough')]
      : [],
  ),
  'gateway/port': listeners((at, one) => [put([...at, 'port'], one.port + 1)]),
  'gateway/remove-listener': listeners((at) => [remove(at)]),
  'gateway/route-to-http': routes(({ spec }) => [
    spec.parentRefs[0].sectionName !== 'http' && put(['spec', 'parentRefs', 0, 'sectionName'], 'http'),
    remove(['spec', 'parentRefs', 0, 'sectionName']),
  ]),
  'gateway/route-hostname': routes(({ spec }, { places }) => [
    ...(spec.hostnames ?? []).map((_: Any, index: number) =>
      put(['spec', 'hostnames', index], 'old.example.org'),
    ),
    spec.hostnames && remove(['spec', 'hostnames']),
    spec.hostnames &&
      put(
        ['spec', 'hostnames', spec.hostnames.length],
        otherHost(
          places.map((one) => one.object),
          spec.hostnames,
        ),
      ),
  ]),
  'gateway/route-path': routes(({ spec }) =>
    (spec.rules as Any[]).flatMap(({ matches }, index) => {
      const path = matches?.[0]?.path;
      const at = ['spec', 'rules', index, 'matches', 0, 'path', 'value'];
      return path
        ? [path.value !== '/' ? put(at, '/') : put(at, '/only-this'), remove(['spec', 'rules', index])]
        : [];
    }),
  ),
  'gateway/no-redirect': routes(({ spec }) =>
    (spec.rules as Any[]).flatMap(({ filters }, index) =>
      filters ? [remove(['spec', 'rules', index, 'filters'])] : [],
    ),
  ),
  'gateway/no-backend': routes(({ spec }) =>
    (spec.rules as Any[]).flatMap(({ backendRefs }, index) =>
      backendRefs ? [remove(['spec', 'rules', index, 'backendRefs'])] : [],
    ),
  ),
  'gateway/certificate': edits(/Certificate/, ({ spec }) => [
    put(['spec', 'dnsNames', 0], 'old.example.org'),
    put(['spec', 'secretName'], `${spec.secretName}-old`),
  ]),
  'gateway/tls-version': edits(/ClientTrafficPolicy/, () => [
    put(['spec', 'tls', 'minVersion'], '1.0'),
    remove(['spec', 'tls']),
  ]),
};

type Edits = ReturnType<Parameters<typeof edits>[1]>;

function listeners(of: (at: (string | number)[], listener: Any, all: Any[]) => Edits) {
  return edits(/Gateway/, ({ spec }) =>
    (spec.listeners as Any[]).flatMap((one, index) => of(['spec', 'listeners', index], one, spec.listeners)),
  );
}

function routes(of: Parameters<typeof edits>[1]) {
  return edits(/HTTPRoute/, of);
}

const otherHost = (objects: Any[], hosts: string[]): string =>
  objects
    .filter(({ kind }) => kind === 'HTTPRoute')
    .flatMap(({ spec }) => (spec.hostnames ?? []) as string[])
    .find((host) => !hosts.includes(host)) ?? 'second.example.org';
