import { put, remove, type Edit } from '../mutation/mutant.ts';

type Name = 'default' | 'gateway-controls' | 'gateway-controls-envoy';

const HOSTNAMES = 'infrastructure/gateway/hostnames.yaml';
const MESH_TOKEN = 'security/zero-trust/gateway-jwt.yaml';
const TOKEN = 'infrastructure/gateway/jwt.yaml';
const RATE = 'infrastructure/gateway/rate-limit.yaml';
const SIZE = 'infrastructure/gateway/request-size.yaml';
const LIMITS = 'infrastructure/gateway/limits.yaml';
const ROUTE = 'apps/web/route.yaml';
const RULES = ['spec', 'matchConstraints', 'resourceRules', 0];
const OPERATION = ['spec', 'rules', 0, 'to', 0, 'operation'];
const PATCH = ['spec', 'configPatches', 0];
const CONFIG = [...PATCH, 'patch', 'value', 'typed_config'];
const LIMIT = ['spec', 'rateLimit', 'local', 'rules', 0];

const ISTIO = 'gateway-controls';
const ENVOY = 'gateway-controls-envoy';

/** Rule, repository, file, what is broken, and what is said; a document's number where it is not the first. */
export const GATEWAY_CASES: [string, Name, string, Edit | null, RegExp, number?][] = [
  ['hostname-policy', 'default', HOSTNAMES, null, /no policy keeps routes of shop from the host names/],
  [
    'hostname-policy',
    'default',
    HOSTNAMES,
    put(['spec', 'validationActions'], ['Audit']),
    /does not refuse every kind of route/,
    1,
  ],
  [
    'hostname-policy',
    'default',
    HOSTNAMES,
    put(['spec', 'policyName'], 'old'),
    /ValidatingAdmissionPolicy gateway-hostnames: no binding puts it to work/,
    1,
  ],
  [
    'hostname-policy',
    'default',
    HOSTNAMES,
    remove([...RULES, 'resources', 1]),
    /does not refuse every kind of route/,
  ],
  ['hostname-policy', 'default', HOSTNAMES, put([...RULES, 'operations'], ['CREATE']), /when it is changed/],
  [
    'hostname-policy',
    ISTIO,
    HOSTNAMES,
    put(['spec', 'matchResources'], {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
    }),
    /no policy keeps routes of billing from/,
    1,
  ],
  [
    'hostname-policy',
    ENVOY,
    HOSTNAMES,
    put(['spec', 'variables', 0, 'expression'], '{ "shop": ["*.acme.example", "billing.acme.example"] }'),
    /its owners of host names are not those of zero-trust.yaml/,
  ],
  ['gateway-token', ISTIO, MESH_TOKEN, null, /https-www.acme.example checks no tokens of https:\/\/login/],
  [
    'gateway-token',
    ISTIO,
    MESH_TOKEN,
    put(['spec', 'action'], 'ALLOW'),
    /RequestAuthentication gateway\/public: lets requests without a token pass/,
    1,
  ],
  ['gateway-token', ISTIO, MESH_TOKEN, put([...OPERATION, 'methods'], ['POST']), /without a token pass/, 1],
  ['gateway-token', ISTIO, MESH_TOKEN, put([...OPERATION, 'notPaths'], ['/*']), /without a token pass/, 1],
  ['gateway-token', ISTIO, MESH_TOKEN, put([...OPERATION, 'ports'], ['80']), /asks ACME challenges/, 1],
  ['gateway-token', ISTIO, MESH_TOKEN, remove(['spec', 'rules', 0, 'to']), /asks ACME challenges/, 1],
  [
    'gateway-token',
    ISTIO,
    MESH_TOKEN,
    put(['spec', 'jwtRules', 0, 'jwksUri'], 'https://other.example/keys'),
    /checks no tokens of/,
  ],
  ['gateway-token', ISTIO, MESH_TOKEN, put(['spec', 'targetRefs', 0, 'name'], 'old'), /checks no tokens of/],
  [
    'gateway-token',
    ISTIO,
    MESH_TOKEN,
    put(['spec', 'jwtRules', 1], { issuer: 'https://other.example', jwksUri: 'https://other.example/keys' }),
    /takes tokens of others as well/,
  ],
  ['gateway-token', ENVOY, TOKEN, remove(['spec', 'jwt']), /does not check tokens of/],
  ['gateway-token', ENVOY, TOKEN, put(['spec', 'jwt', 'failOpen'], true), /without a token pass/],
  ['gateway-token', ENVOY, TOKEN, remove(['spec', 'authorization']), /without a token pass/],
  [
    'gateway-token',
    ENVOY,
    TOKEN,
    put(['spec', 'authorization', 'rules', 1, 'operation', 'path', 'value'], '/'),
    /without a token pass/,
  ],
  ['gateway-token', ENVOY, TOKEN, put(['spec', 'targetRefs', 0, 'sectionName'], 'http'), /does not check/],
  [
    'gateway-token',
    ENVOY,
    TOKEN,
    put(['spec', 'targetRefs', 0, 'sectionName'], 'https-old'),
    /listener http asks ACME challenges for a token/,
    1,
  ],
  [
    'gateway-token',
    ENVOY,
    TOKEN,
    put(['spec', 'targetRefs', 0], { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'web' }),
    /SecurityPolicy gateway\/public-http: replaces the Gateway's demand/,
    1,
  ],
  [
    'gateway-open',
    'default',
    'infrastructure/gateway/gateway.yaml',
    put(['spec', 'allowedListeners'], { namespaces: { from: 'All' } }),
    /lets others add listeners/,
  ],
  ['gateway-limits', ISTIO, RATE, null, /https-billing.acme.example is not held to 100 requests in 1 s/],
  ['gateway-limits', ISTIO, RATE, remove([...CONFIG, 'filter_enforced']), /is not held to 100 requests/],
  ['gateway-limits', ISTIO, RATE, put([...CONFIG, 'token_bucket', 'max_tokens'], 200), /is not held to 100/],
  ['gateway-limits', ISTIO, RATE, put([...CONFIG, 'token_bucket', 'fill_interval'], '0.1s'), /not held to/],
  [
    'gateway-limits',
    ISTIO,
    RATE,
    put([...PATCH, 'match', 'listener', 'portNumber'], 80),
    /is not held to 100 requests/,
  ],
  ['gateway-limits', ISTIO, RATE, put(['spec', 'targetRefs', 0, 'name'], 'old'), /is not held to 100/],
  ['gateway-limits', ISTIO, SIZE, put([...CONFIG, 'max_request_bytes'], 20_000_000), /more than 10Mi/],
  ['gateway-limits', ENVOY, LIMITS, remove(['spec', 'rateLimit']), /not held to 600 requests in 60 s/],
  ['gateway-limits', ENVOY, LIMITS, put([...LIMIT, 'limit', 'unit'], 'Second'), /not held to 600 requests/],
  ['gateway-limits', ENVOY, LIMITS, put([...LIMIT, 'shadowMode'], true), /is not held to 600 requests/],
  ['gateway-limits', ENVOY, LIMITS, put(['spec', 'requestBuffer', 'limit'], '1Mi'), /more than 512Ki/],
  [
    'gateway-limits',
    ENVOY,
    LIMITS,
    put(['spec', 'targetRefs', 0], { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'web' }),
    /replaces the limits of the Gateway at its route/,
  ],
  ['route-settings', ISTIO, ROUTE, remove(['spec', 'rules', 0, 'timeouts']), /within any time, not 5s/],
  [
    'route-settings',
    ISTIO,
    ROUTE,
    remove(['spec', 'rules', 0, 'filters']),
    /does not set Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, Permissions-Policy/,
  ],
];
