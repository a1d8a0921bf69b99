const meta = { metadata: { name: 'extra', namespace: 'shop', labels: { app: 'x' } } };
const cilium = {
  endpointSelector: {
    matchLabels: { app: 'frontend' },
    matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
  },
  ingress: [
    {
      fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop' } }],
      fromEntities: ['cluster'],
      fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }],
      toPorts: [
        {
          ports: [{ port: '8080', protocol: 'TCP', endPort: 8090 }],
          rules: { http: [{ method: 'GET', path: '/a' }] },
        },
      ],
      authentication: { mode: 'required' },
    },
  ],
  egress: [
    {
      toFQDNs: [{ matchName: 'a.example' }, { matchPattern: '*.b.example' }],
      toEntities: ['world'],
      toServices: [{ k8sService: { serviceName: 'x', namespace: 'y' } }],
    },
  ],
  ingressDeny: [{ fromEntities: ['all'] }],
  egressDeny: [{ toCIDR: ['0.0.0.0/0'] }],
};

/** Objects of kinds that the scenarios do not have. */
export const KINDS: Record<string, object> = {
  CiliumNetworkPolicy: {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    ...meta,
    spec: cilium,
    specs: [cilium],
  },
  CiliumClusterwideNetworkPolicy: {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumClusterwideNetworkPolicy',
    ...meta,
    spec: { ...cilium, nodeSelector: {} },
  },
  RequestAuthentication: {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    ...meta,
    spec: { selector: { matchLabels: { app: 'x' } }, jwtRules: [{ issuer: 'a', jwksUri: 'https://a' }] },
  },
  AuthorizationPolicy: {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    ...meta,
    spec: {
      action: 'DENY',
      rules: [
        {
          from: [
            {
              source: {
                notPrincipals: ['a'],
                ipBlocks: ['10.0.0.0/8'],
                remoteIpBlocks: ['::/0'],
                requestPrincipals: ['*'],
                notNamespaces: ['x'],
              },
            },
          ],
          to: [{ operation: { notMethods: ['GET'], notPaths: ['/x*'], hosts: ['a'], notPorts: ['80'] } }],
          when: [{ key: 'request.headers[x]', values: ['a'], notValues: ['b'] }],
        },
      ],
    },
  },
  Sidecar: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    ...meta,
    spec: { egress: [{ hosts: ['./*'] }], outboundTrafficPolicy: { mode: 'ALLOW_ANY' } },
  },
  ExternalSecret: {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    ...meta,
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 's' },
      target: { name: 't' },
      data: [{ secretKey: 'a', remoteRef: { key: 'b' } }],
    },
  },
  GRPCRoute: {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    ...meta,
    spec: {
      parentRefs: [{ name: 'public', namespace: 'gateway' }],
      rules: [{ backendRefs: [{ name: 'x', port: 1 }] }],
    },
  },
  Ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    ...meta,
    spec: {
      rules: [
        {
          host: 'a',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 1 } } } },
            ],
          },
        },
      ],
    },
  },
  ValidatingAdmissionPolicyBinding: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'x' },
    spec: { policyName: 'x', validationActions: ['Deny'], matchResources: { namespaceSelector: {} } },
  },
  ClusterPolicy: {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'x' },
    spec: {
      validationFailureAction: 'Audit',
      rules: [{ name: 'a', match: { any: [{ resources: { kinds: ['Pod'] } }] } }],
    },
  },
};
