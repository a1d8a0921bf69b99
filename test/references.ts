import { at, id, idOf, ofKind, type Any, type KubernetesObject, type Repository } from './objects.ts';

interface Reference {
  id: string;
  by: string;
}

/** Fields that name another object: the kind they mean when they do not say it. */
const REFERENCE_FIELDS: Record<string, string> = {
  parentRefs: 'Gateway',
  backendRefs: 'Service',
  providerRef: 'Provider',
  targetRefs: '',
  targetRef: '',
  certificateRefs: 'Secret',
  caCertificateRefs: 'ConfigMap',
  issuerRef: 'Issuer',
  roleRef: '',
  subjects: '',
  sourceRef: '',
  chartRef: '',
  secretStoreRef: 'SecretStore',
  serviceAccountRef: 'ServiceAccount',
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  configMapKeyRef: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMap: 'ConfigMap',
  secret: 'Secret',
  imagePullSecrets: 'Secret',
  valuesFrom: '',
};
const NAME_FIELDS: Record<string, string> = {
  serviceAccountName: 'ServiceAccount',
  policyName: 'ValidatingAdmissionPolicy',
  gatewayClassName: 'GatewayClass',
  targetNamespace: 'Namespace',
};
/** Free data: what looks like a reference in there is the reader's. */
const OPAQUE = new Set([
  'values',
  'data',
  'stringData',
  'encryptedData',
  'annotations',
  'labels',
  'patches',
  'file',
]);

/** Kinds whose references live in the namespace of the controller, not in one of their own. */
const HOME: Record<string, string> = { ClusterIssuer: 'cert-manager' };

/** Every name of another object that an object gives. */
export function referencesOf(object: KubernetesObject): Reference[] {
  const home = object.metadata.namespace ?? HOME[object.kind];
  const found: string[] = [];
  const add = (kind: string, one: Any) => {
    const name = one?.name ?? one?.secretName;
    const wanted = one?.kind ?? kind;
    if (typeof name === 'string' && !one.optional && !['Group', 'User', ''].includes(wanted)) {
      found.push(idOf(wanted, one.namespace ?? home, name));
    }
  };
  const walk = (value: Any) => {
    // `cluster.local/ns/shop/sa/frontend`: who a mesh lets in.
    const identity = typeof value === 'string' ? /\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(value) : null;
    if (identity) found.push(`ServiceAccount/${identity[1]}/${identity[2]}`);
    if (Array.isArray(value)) return value.forEach(walk);
    if (value === null || typeof value !== 'object') return;
    for (const [key, item] of Object.entries(value)) {
      if (OPAQUE.has(key)) continue;
      if (key in NAME_FIELDS && typeof item === 'string') add(NAME_FIELDS[key]!, { name: item });
      if (key in REFERENCE_FIELDS) [item].flat().forEach((one) => add(REFERENCE_FIELDS[key]!, one));
      if (key.endsWith('SecretRef') && key !== 'privateKeySecretRef') add('Secret', item);
      if (key === 'dependsOn') [item].flat().forEach((one) => add(object.kind, one));
      walk(item);
    }
  };
  walk(object);
  if (home && object.metadata.namespace) found.push(`Namespace/${home}`);
  return [...new Set(found)].map((one) => ({ id: one, by: at(object) }));
}

/** What the cluster, `flux bootstrap` or a controller brings, so that no file of the repository holds it. */
const BROUGHT = [
  /^Namespace\/(kube-system|flux-system|argocd)$/,
  /^ClusterRole\/(view|edit|admin|cluster-admin|system:[\w:-]+)$/,
  /^ConfigMap\/[^/]+\/kube-root-ca\.crt$/,
  // Istio makes the Gateway's own account and the classes of its controllers.
  /^ServiceAccount\/gateway\/public-istio$/,
  /^GatewayClass\/istio(-waypoint)?$/,
  // GKE serves its own classes; controllers make the Gateway's Service.
  /^GatewayClass\/gke-l7-[\w-]+$/,
  /^Service\/gateway\/public(-istio)?$/,
  // The chart's own account.
  /^ServiceAccount\/envoy-gateway-system\/envoy-gateway$/,
  /^ServiceAccount\/external-secrets\/external-secrets$/,
  // Made by hand from the private key: bootstrap/.
  /^Secret\/flux-system\/sops-age$/,
  /^(GitRepository|Secret|Kustomization)\/flux-system\/flux-system$/,
  /^ServiceAccount\/flux-system\/(kustomize|helm|source|notification)-controller$/,
];

/** What a user who keeps the manifests of a service has beside its workload. */
const keptObjects = ({ namespace, serviceNames, serviceAccount }: Repository['plan']['services'][number]) => [
  ...serviceNames.map((name) => `Service/${namespace}/${name}`),
  `ServiceAccount/${namespace}/${serviceAccount.name}`,
];

/** Names that objects give and nobody brings. */
export function danglingReferences({ plan, objects }: Repository): string[] {
  const known = new Set([
    ...objects.map(id),
    ...plan.secrets.map((one) => `Secret/${one.namespace}/${one.name}`),
    ...ofKind(objects, 'Certificate').map((one) => `Secret/${one.metadata.namespace}/${one.spec.secretName}`),
    ...ofKind(objects, 'ExternalSecret').map(
      (one) => `Secret/${one.metadata.namespace}/${one.spec.target?.name ?? one.metadata.name}`,
    ),
    ...plan.services.filter((one) => one.own).flatMap(keptObjects),
  ]);
  return objects
    .flatMap(referencesOf)
    .filter((one) => !known.has(one.id) && !BROUGHT.some((pattern) => pattern.test(one.id)))
    .map((one) => `${one.by} names ${one.id}, which nobody brings`);
}
