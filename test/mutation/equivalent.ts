import type { Equivalent } from './equivalence.ts';

/**
 * Mutants after which the cluster does the same, and why.
 * Only what was not found is looked up here, so an entry hides no more than it says.
 */
export const EQUIVALENT: Equivalent[] = [
  // Order
  {
    operator: /^order\/drop-depends-on$/,
    what: /\/(gateway .*"(gateway-api|mesh)"|apps .*"(namespaces|network-policies|zero-trust)"|(secrets|cert-manager|runtime|scanner|scanning|policy-engine|mesh|gateway-controller) .*"namespaces")/,
    reason: 'another layer of the list waits for it',
  },
  {
    operator: /^order\/drop-depends-on$/,
    repository: /^(other-options|external-secrets)$/,
    file: /\/certificates\.yaml$/,
    what: /"gateway"/,
    reason: 'DNS-01 asks nothing of the Gateway',
  },
  {
    operator: /^order\/drop-depends-on$/,
    repository: /^(default|online-boutique|bookinfo-full)$/,
    file: /\/certificates\.yaml$/,
    what: /"secrets"/,
    reason: 'HTTP-01 reads no secret',
  },
  {
    operator: /^order\/drop-(all-)?depends-on$/,
    file: /\/secrets-backend\.yaml$/,
    reason: 'the controller goes to kube-system, which is there from the start',
  },
  {
    operator: /^order\/no-wait$/,
    file: /\/(namespaces|network-policies|rbac|zero-trust)\.yaml$/,
    reason: 'its kinds have no status to wait for: they hold as soon as they are applied',
  },
  {
    operator: /^order\/no-wait$/,
    repository: /^other-options$/,
    file: /\/secrets\.yaml$/,
    reason: 'SOPS leaves plain Secrets, which have no status to wait for',
  },
  {
    operator: /^order\/(no-wait|drop-readiness)$/,
    file: /\/secrets-backend\.yaml$/,
    repository: /^external-secrets$/,
    reason: 'what is fetched is not ready before its store, and is waited for',
  },
  {
    operator: /^order\/no-wait$/,
    file: /\/gateway\.yaml$/,
    reason: 'routes and challenges may come before their Gateway is ready, and attach when it is',
  },
  {
    operator: /^order\/no-wait$/,
    file: /\/(policy-kinds|gateway-api|envoy-gateway-crds)\.yaml$/,
    reason:
      'the layer holds CustomResourceDefinitions alone, for which Flux waits whatever `wait` says (kustomize-controller, `apply`: "apply and wait for CRDs and Namespaces to register")',
  },
  {
    operator: /^order\/drop-depends-on$/,
    repository: /^online-boutique$/,
    file: /\/apps\.yaml$/,
    what: /"secrets"/,
    reason: 'no service there reads a Secret',
  },
  // Selectors
  {
    operator: /^select\/(rename|drop)-pod-label$/,
    what: /labels\.(app\.kubernetes\.io\/name: "(?!kube-bench)|team: )/,
    reason: 'no selector and no rule reads this label',
  },
  {
    operator: /^select\/empty-selector$/,
    what: /ClusterIssuer .*dnsZones/,
    reason: 'there is one solver, and every host lies in its zone',
  },
  {
    operator: /^select\/(rename|drop)-pod-label$/,
    what: /CronJob kube-bench\/kube-bench-(node|control-plane) /,
    reason: 'the pod talks to nobody: only default deny and the rule for DNS select it, and these select all',
  },
  {
    operator: /^select\/container-port$/,
    reason: 'informational: Services name the port by number, and a sibling version still names it too',
    file: /^apps\/\w+\/deployment-(v\d.*|canary|stable)\.yaml$/,
  },
  // Network
  {
    operator: /^network\/half-peer$/,
    file: /allow-inter-service\.yaml$/,
    what: /namespaceSelector: /,
    reason: 'a peer without namespaceSelector means the namespace of the policy, which is the one it named',
  },
  {
    operator:
      /^(network\/(split-peer|remove-|named-port|drop-peers)|select\/empty-selector|reach\/delete-object)/,
    repository: /^other-options$/,
    what: /allow-inter-service-(telemetry spec\.ingress\.[015]|ledger spec\.egress\.1|accounts spec\.egress\.1|node-agent )/,
    reason: 'everyone may call telemetry: the rules for whole namespaces allow the same',
  },
  {
    operator:
      /^(network\/(add-peer|remove-rule|remove-peer|named-port|half-peer|split-peer)|select\/empty-selector)$/,
    what: /gateway\/allow-gateway-gateway spec\.ingress\.2/,
    reason: 'another rule opens port 80 of the Gateway to every address',
  },
  {
    operator: /^network\//,
    repository: /^(default|online-boutique|bookinfo-full)$/,
    what: /cert-manager\/allow-platform-cert-manager spec\.egress\.1\b/,
    reason: 'the rule for the API server, whose addresses are not given, opens port 443 to every address',
  },
  // Mesh
  {
    operator: /^mesh\/drop-selector$/,
    file: /^security\/zero-trust\/gateway\.yaml$/,
    reason: 'the namespace holds no other workload of the mesh than the Gateway',
  },
  {
    operator: /^mesh\/pod-opt-out$/,
    file: /^security\/scanning\//,
    reason: 'the namespace is not in the mesh: nothing reads the label or the annotation',
  },
  {
    operator: /^mesh\/pod-opt-out$/,
    repository: /^(other-options|external-secrets)$/,
    reason: 'there is no mesh to leave',
  },
  // Declaration
  {
    operator: /^declaration\/forget-call$/,
    repository: /^other-options$/,
    what: /^(ledger calls\.1|accounts calls\.1|node-agent calls\.0|web calls\.[12]) /,
    reason:
      'everyone may call telemetry; of the two calls of ledger, which differ in methods that nothing enforces here, one stays',
  },
  {
    operator: /^declaration\/forget-call$/,
    what: /^(web calls\.3|frontend calls\.7) /,
    reason: 'the call is optional, and nobody deploys the other end',
  },

  {
    operator: /^declaration\/other-methods$/,
    repository: /^(other-options|external-secrets)$/,
    reason: 'without a mesh nothing enforces methods, which `verify` says as a gap',
  },
  // Workloads
  {
    operator: /^workload\/automount$/,
    what: /→ removed$/,
    reason: 'pod and ServiceAccount both say it; the other still does',
  },
  {
    operator: /^workload\/drop-security-context$/,
    what: /CronJob kube-bench\/kube-bench-(node|control-plane) .*runAsUser: 0/,
    reason:
      'without it the user of the image counts, and its Dockerfile names none, which is root (https://github.com/aquasecurity/kube-bench/blob/main/Dockerfile)',
  },
  {
    operator: /^workload\/writable-secret$/,
    file: /^apps\//,
    reason: 'Secrets and ConfigMaps are mounted read-only whatever the mount says (Kubernetes 1.9.6)',
  },
  // RBAC
  {
    operator: /^rbac\/remove-(rule|verb)$/,
    file: /flux-apps\.yaml$/,
    what: /rules\.[23]\b/,
    reason: 'apps/ holds no object of these kinds here',
  },
  {
    operator: /^(rbac\/remove-subject|reach\/delete-object|select\/drop-namespace)$/,
    what: /RoleBinding sandbox\/flux-apps/,
    reason: 'the namespace is declared and empty: nothing is applied there',
  },
  {
    operator: /^rbac\/remove-verb$/,
    file: /flux-apps\.yaml$/,
    what: /rules\.[56]\./,
    reason: 'Flux lists pods and ReplicaSets to see a rollout; it never reads one by name',
  },
  // Gateway
  {
    operator: /^gateway\/any-route$/,
    what: /listeners\.0\.allowedRoutes: .*"Same"/,
    reason: 'Same is the default (Gateway API)',
  },
  {
    operator: /^gateway\/route-to-http$/,
    what: /sectionName: "(https-.*|http)" → removed/,
    reason: 'the other listeners take no route of this namespace, or none of its host names',
  },
  {
    operator: /^gateway\/tls-version$/,
    what: /removed/,
    reason: 'TLS 1.2 is the default (Envoy Gateway)',
  },
  {
    operator: /^reach\/delete-object$/,
    what: /ClientTrafficPolicy/,
    reason: 'both of its settings are the defaults (Envoy Gateway); it is there to say so',
  },
  {
    operator: /^reach\/delete-object$/,
    what: /ClusterIssuer letsencrypt-/,
    reason: 'the other environment is there for the day of the switch; no certificate names it',
  },
  // Secrets
  {
    operator: /^reach\/delete-object$/,
    file: /\.secret\.yaml$/,
    reason: 'the state before `seal`: the secret is named as pending, a note that --strict counts',
  },
];
