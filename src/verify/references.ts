import type { KubernetesObject, Model } from './model.ts';
import { isObject } from './object.ts';
import { dig, records, text, type Path } from './selectors.ts';

/** One object naming another. */
export interface Reference {
  from: KubernetesObject;
  path: Path;
  /** The field that names it: `secretKeyRef`. */
  field: string;
  kind: string;
  /** Empty for what is cluster-wide. */
  namespace: string;
  name: string;
  /** Keys of a Secret or ConfigMap that are read. */
  keys: string[];
  /** Whether its reader starts without it. */
  optional: boolean;
}

/** Fields that name one or more objects: the kind that they mean when they do not say it. */
const FIELDS: Record<string, string> = {
  parentRef: 'Gateway',
  parentRefs: 'Gateway',
  backendRef: 'Service',
  backendRefs: 'Service',
  targetRef: '',
  targetRefs: '',
  scaleTargetRef: '',
  parametersRef: '',
  policyRefs: '',
  providerRef: 'Provider',
  certificateRefs: 'Secret',
  clientCertificateRef: 'Secret',
  caCertificateRefs: 'ConfigMap',
  issuerRef: 'Issuer',
  roleRef: '',
  subjects: '',
  secretStoreRef: 'SecretStore',
  secretStoreRefs: 'SecretStore',
  storeRef: 'SecretStore',
  serviceAccountRef: 'ServiceAccount',
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  secret: 'Secret',
  imagePullSecrets: 'Secret',
  configMapKeyRef: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMap: 'ConfigMap',
  persistentVolumeClaim: 'PersistentVolumeClaim',
  valuesFrom: '',
};
const NAME_FIELDS: Record<string, string> = {
  serviceAccountName: 'ServiceAccount',
  policyName: 'ValidatingAdmissionPolicy',
  gatewayClassName: 'GatewayClass',
  serviceName: 'Service',
  targetNamespace: 'Namespace',
  storageNamespace: 'Namespace',
};
/** The fields with which a container reads Secrets and ConfigMaps: charts hand them on from their values. */
const ENVIRONMENT = ['secretKeyRef', 'configMapKeyRef'];
/** Free data: what looks like a reference in there is the reader's. */
const OPAQUE = new Set(['values', 'data', 'stringData', 'encryptedData', 'annotations', 'labels', 'patches']);
/** Objects that describe other objects. */
const DESCRIBING = ['apiextensions.k8s.io', 'kyverno.io', 'cli.kyverno.io', 'templates.gatekeeper.sh'];

const CLUSTER_WIDE =
  /^(Namespace|Cluster\w+|GatewayClass|Validating\w+|Mutating\w+|Image\w+Policy|CustomResourceDefinition|PriorityClass|StorageClass|ConstraintTemplate|PersistentVolume)$/;

/** Whether objects of a kind have no namespace. */
export const isClusterWide = (kind: string): boolean => CLUSTER_WIDE.test(kind);

/** `Kind/name` or `Kind/namespace/name`: what an object is known by. */
export const idOf = (kind: string, namespace: string, name: string): string =>
  isClusterWide(kind) || !namespace ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;

/** Every name of another object that an object gives; those of users and groups are left out. */
export function referencesOf(object: KubernetesObject, home = object.namespace): Reference[] {
  if (DESCRIBING.includes(object.group)) return [];
  const found: Reference[] = [];
  const add = (field: string, kind: string, one: Record<string, unknown>, path: Path) => {
    const name = text(one['name']) || text(one['secretName']) || text(one['claimName']);
    const wanted = text(one['kind']) || kind;
    if (!name || ['', 'User', 'Group'].includes(wanted)) return;
    const items = records(one['items']).map((item) => item['key']);
    const namespace = isClusterWide(wanted) ? '' : text(one['namespace']) || home;
    const keys = [...items, one['key']].filter((key) => typeof key === 'string');
    const optional = one['optional'] === true;
    found.push({ from: object, path, field, kind: wanted, namespace, name, keys, optional });
  };
  walk(object.body, [], add);
  if (object.kind === 'HelmRelease') {
    const namespace = text(dig(object.body, 'spec', 'targetNamespace')) || home;
    walk(dig(object.body, 'spec', 'values'), ['spec', 'values'], (field, kind, one, path) => {
      if (ENVIRONMENT.includes(field)) add(field, kind, { namespace, ...one }, path);
    });
  }
  return found;
}

function walk(
  value: unknown,
  path: Path,
  add: (field: string, kind: string, one: Record<string, unknown>, path: Path) => void,
): void {
  if (Array.isArray(value)) return value.forEach((item, index) => walk(item, [...path, index], add));
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    // A list of that name is no map of free data: an ExternalSecret's entries may name stores of their own.
    if (OPAQUE.has(key) && !(key === 'data' && Array.isArray(item))) continue;
    const here = [...path, key];
    if (key in NAME_FIELDS && typeof item === 'string') add(key, NAME_FIELDS[key]!, { name: item }, here);
    // cert-manager itself makes the Secret of an account's private key.
    const kind = /.SecretRef$/.test(key) && key !== 'privateKeySecretRef' ? 'Secret' : FIELDS[key];
    if (kind !== undefined && Array.isArray(item))
      item.forEach((one, index) => isObject(one) && add(key, kind, one, [...here, index]));
    else if (kind !== undefined && isObject(item)) add(key, kind, item, here);
    walk(item, here, add);
  }
}

const indexes = new WeakMap<Model, Reference[]>();

/** Every reference between objects of a repository. */
export function allReferences(model: Model): Reference[] {
  const found = indexes.get(model) ?? model.objects.flatMap((one) => referencesOf(one, homeOf(one, model)));
  indexes.set(model, found);
  return found;
}

/**
 * Cluster-wide issuers read Secrets in cert-manager's own namespace.
 * https://cert-manager.io/docs/configuration/#cluster-resource-namespace
 */
function homeOf(object: KubernetesObject, model: Model): string {
  if (object.kind !== 'ClusterIssuer') return object.namespace;
  return model.declared.releases.find((one) => one.chart === 'cert-manager')?.namespace ?? 'cert-manager';
}
