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
  'gateway/timeout': routes(({ spec }) =>
    (spec.rules as Any[]).flatMap(({ timeouts }, index) =>
      timeouts
        ? [
            remove(['spec', 'rules', index, 'timeouts']),
            put(['spec', 'rules', index, 'timeouts', 'request'], '0s'),
          ]
        : [],
    ),
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
  'gateway/response-header': routes(({ spec }) =>
    (spec.rules as Any[]).flatMap(({ filters = [] }, index) =>
      (filters as Any[]).flatMap(({ responseHeaderModifier }, position) =>
        responseHeaderModifier
          ? [
              remove(['spec', 'rules', index, 'filters', position, 'responseHeaderModifier', 'set', 0]),
              put(
                ['spec', 'rules', index, 'filters', position, 'responseHeaderModifier', 'set', 0, 'value'],
                'x',
              ),
            ]
          : [],
      ),
    ),
  ),
  'gateway/hostnames-unbound': edits(/ValidatingAdmissionPolicyBinding/, ({ spec }) => [
    put(['spec', 'policyName'], `${spec.policyName}-old`),
    put(['spec', 'validationActions'], ['Audit']),
    put(['spec', 'matchResources'], {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    }),
  ]),
  'gateway/hostnames-kinds': edits(/ValidatingAdmissionPolicy/, ({ spec }) =>
    (spec.matchConstraints.resourceRules as Any[]).flatMap(({ resources }, index) => {
      const at = ['spec', 'matchConstraints', 'resourceRules', index];
      return [
        put([...at, 'operations'], ['CREATE']),
        ...(resources as string[]).map((_, position) => remove([...at, 'resources', position])),
      ];
    }),
  ),
  'gateway/token-optional': edits(/AuthorizationPolicy/, ({ spec }) =>
    spec.action === 'DENY'
      ? [
          remove(['spec', 'rules', 0]),
          put(['spec', 'action'], 'AUDIT'),
          put(['spec', 'rules', 0, 'to', 0, 'operation', 'ports'], ['8443']),
          put(['spec', 'rules', 0, 'to', 0, 'operation', 'methods'], ['POST']),
          put(['spec', 'rules', 0, 'to', 0, 'operation', 'notPaths'], ['/*']),
        ]
      : [],
  ),
  'gateway/token-issuer': edits(/RequestAuthentication/, () => [
    put(['spec', 'jwtRules', 0, 'issuer'], 'https://other.example'),
    put(['spec', 'jwtRules', 0, 'jwksUri'], 'https://other.example/keys'),
    put(['spec', 'jwtRules', 1], { issuer: 'https://other.example', jwksUri: 'https://other.example/keys' }),
    remove(['spec', 'jwtRules', 0, 'audiences']),
    put(['spec', 'targetRefs', 0, 'name'], 'old'),
  ]),
  'gateway/security-policy': edits(/SecurityPolicy/, ({ spec }) =>
    spec.jwt
      ? [
          remove(['spec', 'jwt']),
          put(['spec', 'jwt', 'failOpen'], true),
          put(['spec', 'jwt', 'providers', 0, 'issuer'], 'https://other.example'),
          remove(['spec', 'authorization']),
          put(['spec', 'authorization', 'defaultAction'], 'Allow'),
          put(['spec', 'targetRefs', 0, 'sectionName'], 'http'),
        ]
      : [put(['spec', 'targetRefs', 0, 'sectionName'], 'https-billing.acme.example')],
  ),
  'gateway/limit': edits(/EnvoyFilter|BackendTrafficPolicy/, ({ kind, spec }) => {
    if (kind === 'BackendTrafficPolicy')
      return [
        remove(['spec', 'rateLimit']),
        remove(['spec', 'requestBuffer']),
        put(['spec', 'rateLimit', 'local', 'rules', 0, 'limit', 'unit'], 'Second'),
        put(['spec', 'rateLimit', 'local', 'rules', 0, 'shadowMode'], true),
        put(['spec', 'requestBuffer', 'limit'], '1Gi'),
        put(['spec', 'targetRefs', 0, 'sectionName'], 'http'),
      ];
    const at = ['spec', 'configPatches', 0];
    const config = spec.configPatches[0].patch.value.typed_config;
    return [
      put([...at, 'match', 'listener', 'portNumber'], 80),
      put([...at, 'match', 'context'], 'SIDECAR_INBOUND'),
      put([...at, 'applyTo'], 'NETWORK_FILTER'),
      put(['spec', 'targetRefs', 0, 'name'], 'old'),
      config.token_bucket && remove([...at, 'patch', 'value', 'typed_config', 'filter_enforced']),
      config.token_bucket &&
        put([...at, 'patch', 'value', 'typed_config', 'token_bucket', 'max_tokens'], 1_000_000),
      config.max_request_bytes &&
        put([...at, 'patch', 'value', 'typed_config', 'max_request_bytes'], 4_000_000_000),
    ];
  }),
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
