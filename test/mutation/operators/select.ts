import { edits, isList, put, remove, type Edit, type Operators } from '../mutant.ts';
import { get, itemsUnder, podTemplate, under, WORKLOADS, type Node } from '../nodes.ts';
import type { Any, Repository } from '../repository.ts';

/** Names and labels that no longer hit what they mean. */
export const SELECT: Operators = {
  'select/rename-label': edits(null, (object) =>
    selectorLabels(object).map(({ at, value }) => put(at, `${value}-old`)),
  ),
  'select/rename-label-key': edits(null, (object) =>
    under(object, 'matchLabels').flatMap(({ at, value }) =>
      Object.keys(value).map((key) => put(at, renamedKey(value, key))),
    ),
  ),
  'select/empty-selector': edits(null, (object) =>
    under(object, /^(podSelector|namespaceSelector|selector)$/)
      .filter(({ value }) => value && Object.keys(value).length > 0)
      .map(({ at }) => put(at, {})),
  ),
  'select/rename-pod-label': edits(WORKLOADS, (object) =>
    podLabels(object).map(({ at, value }) => put(at, `${value}-old`)),
  ),
  'select/drop-pod-label': edits(WORKLOADS, (object) => podLabels(object).map(({ at }) => remove(at))),
  'select/rename-selected-value': edits(null, (object) =>
    itemsUnder(object, 'values')
      .filter(({ value }) => typeof value === 'string')
      .map(({ at, value }) => put(at, `${value}-old`)),
  ),
  'select/rename-reference': edits(null, (object) => [...references(object)]),
  'select/reference-kind': edits(null, (object) =>
    under(object, /^(issuerRef|roleRef|backendRef|parametersRef|sourceRef)$/)
      .filter(({ value }) => value?.kind)
      .map(({ at, value }) =>
        put([...at, 'kind'], value.kind === 'ClusterIssuer' ? 'Issuer' : `${value.kind}s`),
      ),
  ),
  'select/reference-namespace': edits(null, (object, repository) =>
    [...itemsUnder(object, 'subjects'), ...itemsUnder(object, 'parentRefs')]
      .filter(({ value }) => value?.namespace)
      .map(({ at, value }) => put([...at, 'namespace'], other(repository, value.namespace))),
  ),
  'select/drop-subject-namespace': edits(/(Cluster)?RoleBinding/, (object) =>
    itemsUnder(object, 'subjects')
      .filter(({ value }) => value?.namespace)
      .map(({ at }) => remove([...at, 'namespace'])),
  ),
  'select/service-account-default': edits(WORKLOADS, (object) => {
    const at = [...podTemplate(object)!, 'spec', 'serviceAccountName'];
    return get(object, at) ? [put(at, 'default'), remove(at)] : [];
  }),
  'select/swap-namespace': edits(null, ({ metadata, kind }, repository) => [
    metadata?.namespace && put(['metadata', 'namespace'], other(repository, metadata.namespace)),
    kind === 'Namespace' && put(['metadata', 'name'], `${metadata.name}-old`),
  ]),
  'select/drop-namespace': edits(null, ({ metadata }) => [
    metadata?.namespace && remove(['metadata', 'namespace']),
  ]),
  'select/target-namespace': edits(/HelmRelease/, ({ spec }, repository) => [
    put(['spec', 'targetNamespace'], other(repository, spec.targetNamespace)),
  ]),
  'select/service-port': edits(/Service/, ({ spec }) =>
    (spec.ports as Any[]).flatMap(({ port, targetPort }, index) => [
      put(['spec', 'ports', index, 'targetPort'], typeof targetPort === 'number' ? targetPort + 1 : 'none'),
      put(['spec', 'ports', index, 'port'], port + 1),
      remove(['spec', 'ports', index]),
    ]),
  ),
  'select/container-port': edits(WORKLOADS, (object) =>
    under(object, 'containerPort').map(({ at, value }) => put(at, value + 1)),
  ),
  'select/backend-port': edits(/HTTPRoute/, (object) =>
    itemsUnder(object, 'backendRefs').map(({ at, value }) => put([...at, 'port'], value.port + 1)),
  ),
  'select/probe-port': edits(WORKLOADS, (object) =>
    under(object, 'port')
      .filter(({ at, value }) => /Probe/.test(at.join('.')) && typeof value === 'number')
      .map(({ at, value }) => put(at, value + 1)),
  ),
};

const other = ({ namespaces }: Repository, name: string) =>
  namespaces[(namespaces.indexOf(name) + 1) % namespaces.length]!;

/** Labels in `matchLabels`, and in the plain selector of a Service. */
function selectorLabels(object: Any): Node[] {
  const maps = under(object, 'matchLabels');
  if (object.kind === 'Service')
    maps.push({ at: ['spec', 'selector'], key: '', value: object.spec.selector });
  return maps.flatMap(({ at, value }) =>
    Object.entries(value ?? {}).map(([key, label]) => ({ at: [...at, key], key, value: label })),
  );
}

function podLabels(object: Any): Node[] {
  const at = [...podTemplate(object)!, 'metadata', 'labels'];
  return Object.entries(get(object, at) ?? {}).map(([key, value]) => ({ at: [...at, key], key, value }));
}

const renamedKey = (labels: Record<string, string>, old: string) =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [key === old ? `${key}-old` : key, value]));

/** Every name by which an object means another. */
function* references(object: Any): Generator<Edit> {
  const renamed = ({ at, value }: Node) => put(at, `${value}-old`);
  const named = (node: Node) => renamed({ ...node, at: [...node.at, 'name'], value: node.value?.name });
  const plain = under(object, /^(serviceAccountName|secretName|gatewayClassName|sectionName|serviceName)$/);
  // A Certificate makes the Secret that it names; the Gateway is what needs it.
  yield* plain.filter(({ value }) => typeof value === 'string').map(renamed);
  const single = under(
    object,
    /^(issuerRef|roleRef|parametersRef|secretKeyRef|configMapKeyRef|secretRef|configMapRef|configMap)$/,
  );
  yield* single.filter(({ value }) => value?.name).map(named);
  const lists = [
    'targetRefs',
    'parentRefs',
    'backendRefs',
    'certificateRefs',
    'subjects',
    'policyRefs',
    'imagePullSecrets',
  ];
  yield* lists
    .flatMap((key) => itemsUnder(object, key))
    .filter(({ value }) => value?.name)
    .map(named);
  const keys = under(object, /^(secretKeyRef|configMapKeyRef)$/);
  yield* keys.map(({ at, value }) => put([...at, 'key'], `${value.key}-old`));
  if (isList(object)) return;
  const mounts = itemsUnder(object, 'volumeMounts');
  yield* mounts.map(named);
}
