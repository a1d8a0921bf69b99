import { stringify } from 'yaml';
import { edits, put, remove, type Edit, type Operators } from '../mutant.ts';
import { itemsUnder, podTemplate, under, WORKLOADS } from '../nodes.ts';
import type { Any } from '../repository.ts';

/** Mesh authorization and identity that hold less, or more, than the graph declares. */
export const MESH: Operators = {
  'mesh/mtls-mode': edits(/PeerAuthentication/, () => [
    ...['PERMISSIVE', 'DISABLE', 'UNSET'].map((mode) => put(['spec', 'mtls', 'mode'], mode)),
    remove(['spec', 'mtls']),
    put(['spec', 'portLevelMtls'], { 8080: { mode: 'PERMISSIVE' } }),
    put(['spec', 'selector'], { matchLabels: { app: 'nothing' } }),
  ]),
  'mesh/drop-principal': policies((policy) => itemsUnder(policy, 'principals').map(({ at }) => remove(at))),
  'mesh/drop-principals': policies((policy) => under(policy, 'principals').map(({ at }) => remove(at))),
  'mesh/change-principal': policies((policy) =>
    itemsUnder(policy, 'principals').flatMap(({ at, value }) => [
      put(at, `${value}-old`),
      put(at, value.replace(/^[^/]+/, 'other.domain')),
      put(at, '*'),
      put(at, value.replace(/[^/]+$/, '*')),
    ]),
  ),
  'mesh/add-principal': edits(/AuthorizationPolicy/, (policy, { places }) =>
    under(policy, 'principals').flatMap(({ at, value }) =>
      [...principals(places.map(({ object }) => object)), 'cluster.local/ns/istio-system/sa/istiod']
        .filter((one) => !JSON.stringify(policy).includes(one))
        .map((one) => put([...at, value.length], one)),
    ),
  ),
  'mesh/add-namespace': policies((policy) =>
    under(policy, 'from').map(({ at, value }) =>
      put([...at, value.length], { source: { namespaces: [policy.metadata.namespace] } }),
    ),
  ),
  'mesh/drop-from': policies((policy) => under(policy, 'from').map(({ at }) => remove(at))),
  'mesh/empty-source': policies((policy) =>
    itemsUnder(policy, 'from').map(({ at }) => put(at, { source: {} })),
  ),
  'mesh/drop-to': policies((policy) => under(policy, 'to').map(({ at }) => remove(at))),
  'mesh/drop-methods': policies((policy) => fields(policy, 'methods')),
  'mesh/drop-paths': policies((policy) => fields(policy, 'paths')),
  'mesh/drop-ports': policies((policy) => fields(policy, 'ports')),
  'mesh/change-port': policies((policy) =>
    itemsUnder(policy, 'ports').map(({ at, value }) => put(at, String(Number(value) + 1))),
  ),
  'mesh/add-port': policies((policy) =>
    under(policy, 'ports').map(({ at, value }) => put([...at, value.length], '9999')),
  ),
  'mesh/add-path': policies((policy) =>
    under(policy, 'paths').map(({ at, value }) => put([...at, value.length], '/admin/*')),
  ),
  'mesh/change-path': policies((policy) =>
    itemsUnder(policy, 'paths').flatMap(({ at, value }) => [put(at, '*'), put(at, `${value}x`)]),
  ),
  'mesh/add-method': policies((policy) =>
    under(policy, 'methods').map(({ at, value }) => put([...at, value.length], 'DELETE')),
  ),
  'mesh/negate': policies((policy) =>
    under(policy, /^(methods|paths|ports|principals)$/).flatMap(({ at, value, key }) => [
      put(at.slice(0, -1), { [`not${key[0]!.toUpperCase()}${key.slice(1)}`]: value }),
    ]),
  ),
  'mesh/remove-rule': policies(({ spec }) =>
    (spec.rules ?? []).map((_: Any, index: number) => remove(['spec', 'rules', index])),
  ),
  'mesh/allow-all': policies(({ spec }) => [
    put(['spec', 'rules'], [{}]),
    !!spec.rules && put(['spec', 'rules', spec.rules.length], {}),
  ]),
  'mesh/no-rules': policies(({ spec }) =>
    spec.rules ? [remove(['spec', 'rules']), put(['spec', 'rules'], [])] : [],
  ),
  'mesh/action': policies(({ spec }) =>
    ['DENY', 'AUDIT', 'CUSTOM']
      .filter((action) => action !== spec.action)
      .map((action) => put(['spec', 'action'], action)),
  ),
  'mesh/drop-selector': policies(({ spec }) => [
    spec.selector && remove(['spec', 'selector']),
    spec.targetRefs && remove(['spec', 'targetRefs']),
  ]),
  'mesh/pod-opt-out': edits(WORKLOADS, (object) => {
    const at = [...podTemplate(object)!, 'metadata'];
    return [
      put([...at, 'labels', 'sidecar.istio.io/inject'], 'false'),
      put([...at, 'annotations', 'sidecar.istio.io/inject'], 'false'),
      put([...at, 'annotations', 'traffic.sidecar.istio.io/excludeInboundPorts'], '8080'),
      put([...at, 'annotations', 'traffic.sidecar.istio.io/excludeOutboundIPRanges'], '0.0.0.0/0'),
      put([...at, 'annotations', 'traffic.sidecar.istio.io/includeInboundPorts'], ''),
    ];
  }),
  'mesh/namespace-opt-out': edits(/Namespace/, ({ metadata }) =>
    metadata.labels?.['istio-injection']
      ? [
          put(['metadata', 'labels', 'istio-injection'], 'disabled'),
          remove(['metadata', 'labels', 'istio-injection']),
        ]
      : [],
  ),
  'mesh/service-entry': edits(/ServiceEntry/, ({ spec }) => [
    put(['spec', 'hosts'], ['www.attacker.example']),
    put(['spec', 'hosts', spec.hosts.length], 'www.attacker.example'),
    put(['spec', 'ports', 0, 'number'], 8443),
    put(['spec', 'exportTo'], ['*']),
  ]),
  // Callers that no longer use the mesh's mutual TLS, in the file of who may call.
  'mesh/destination-rule': function* ({ files, places }) {
    for (const { file, object, index } of places) {
      if (index > 0 || object.kind !== 'AuthorizationPolicy' || !object.spec.selector) continue;
      for (const mode of ['DISABLE', 'SIMPLE']) {
        const host = `${object.metadata.name.replace('allow-', '')}.${object.metadata.namespace}.svc.cluster.local`;
        const metadata = { name: 'plain', namespace: object.metadata.namespace };
        const spec = { host, trafficPolicy: { tls: { mode } } };
        const added = stringify({
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          metadata,
          spec,
        });
        const changes = () => new Map([[file, `${files.get(file)!}---\n${added}`]]);
        yield { file, what: `DestinationRule to ${host} added: ${mode}`, changes };
      }
    }
  },
  'mesh/egress-any': edits(/HelmRelease/, ({ spec }) => [
    spec.values?.meshConfig?.outboundTrafficPolicy &&
      put(['spec', 'values', 'meshConfig', 'outboundTrafficPolicy', 'mode'], 'ALLOW_ANY'),
    spec.values?.meshConfig?.trustDomain &&
      put(['spec', 'values', 'meshConfig', 'trustDomain'], 'other.domain'),
  ]),
};

/** Identities of the services of the repository. */
const principals = (objects: Any[]): string[] =>
  objects
    .filter(({ kind, metadata }) => kind === 'ServiceAccount' && !/system/.test(metadata.namespace))
    .map(({ metadata }) => `cluster.local/ns/${metadata.namespace}/sa/${metadata.name}`);

function policies(of: (policy: Any) => (Edit | false | undefined)[]) {
  return edits(/AuthorizationPolicy/, of);
}

const fields = (policy: Any, key: string) => under(policy, key).map(({ at }) => remove(at));
