import type { Dict, KubeObject } from './cluster.ts';

/** A rule of the policy set, as each engine names the policy that keeps it. */
export type PolicyRule =
  | 'run-as-non-root'
  | 'read-only-root'
  | 'drop-all-capabilities'
  | 'require-digest'
  | 'allowed-registries'
  | 'require-labels'
  | 'no-mesh-opt-out';

/** An object and the rules that it breaks: what every engine must say of it. */
export interface PolicyCase {
  name: string;
  breaks: PolicyRule[];
  object: KubeObject;
}

const DIGEST = `@sha256:${'0123456789abcdef'.repeat(4)}`;
const IMAGE = `ghcr.io/acme/good${DIGEST}`;

const good = (extra: Dict = {}, context: Dict = {}): Dict => ({
  name: 'main',
  image: IMAGE,
  ...extra,
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    ...context,
  },
});
const spec = (...containers: Dict[]): Dict => ({ securityContext: { runAsNonRoot: true }, containers });
const BARE = { name: 'bare', image: `registry.invalid/bad:1.0`, securityContext: { runAsNonRoot: false } };

/** What a container with nothing set breaks. */
const ALL: PolicyRule[] = [
  'run-as-non-root',
  'read-only-root',
  'drop-all-capabilities',
  'require-digest',
  'allowed-registries',
];

const object = (apiVersion: string, kind: string, name: string, body: Dict, meta: Dict = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default', labels: { app: name }, ...meta },
  spec: body,
});
const pod = (name: string, body: Dict, meta: Dict = {}) => object('v1', 'Pod', name, body, meta);

/** The objects that make pods, by kind: what lies around a pod's template. */
const AROUND: [apiVersion: string, kind: string, around: (template: Dict) => Dict][] = [
  ['apps/v1', 'Deployment', (template) => ({ selector: { matchLabels: { app: 'x' } }, template })],
  ['apps/v1', 'StatefulSet', (template) => ({ selector: { matchLabels: { app: 'x' } }, template })],
  ['apps/v1', 'DaemonSet', (template) => ({ selector: { matchLabels: { app: 'x' } }, template })],
  ['batch/v1', 'Job', (template) => ({ template })],
  ['batch/v1', 'CronJob', (template) => ({ schedule: '0 3 * * *', jobTemplate: { spec: { template } } })],
];

const workloads: PolicyCase[] = AROUND.flatMap(([apiVersion, kind, around]) => {
  const named = (what: string, breaks: PolicyRule[], body: Dict, labels: Dict = { app: 'x' }) => {
    const name = `${kind.toLowerCase()}-${what}`;
    return {
      name,
      breaks,
      object: object(apiVersion, kind, name, around({ metadata: { labels }, spec: body })),
    };
  };
  return [
    named('good', [], spec(good())),
    named('bad', ALL, { containers: [BARE] }),
    named('bad-init', ALL, { ...spec(good()), initContainers: [BARE] }),
    named('pods-without-label', ['require-labels'], spec(good()), { tier: 'x' }),
  ];
});

const image = (name: string, found: string, breaks: PolicyRule[]): PolicyCase => ({
  name,
  breaks,
  object: pod(name, spec(good({ image: found }))),
});
const context = (name: string, breaks: PolicyRule[], extra: Dict): PolicyCase => ({
  name,
  breaks,
  object: pod(name, spec(good({}, extra))),
});

/** For the registries ghcr.io/acme and docker.io/library, in a cluster with Istio. */
export const POLICY_CASES: PolicyCase[] = [
  { name: 'good', breaks: [], object: pod('good', spec(good())) },
  { name: 'bad', breaks: ALL, object: pod('bad', { containers: [BARE] }) },
  {
    name: 'bad-second',
    breaks: ALL,
    object: pod('bad-second', spec(good(), BARE)),
  },
  { name: 'good-init', breaks: [], object: pod('good-init', { ...spec(good()), initContainers: [good()] }) },
  { name: 'bad-init', breaks: ALL, object: pod('bad-init', { ...spec(good()), initContainers: [BARE] }) },
  {
    name: 'good-ephemeral',
    breaks: [],
    object: pod('good-ephemeral', {
      ...spec(good()),
      ephemeralContainers: [good({ name: 'debug' }, { readOnlyRootFilesystem: false })],
    }),
  },
  {
    name: 'bad-ephemeral',
    breaks: ALL.filter((rule) => rule !== 'read-only-root'),
    object: pod('bad-ephemeral', { ...spec(good()), ephemeralContainers: [BARE] }),
  },
  {
    name: 'root-by-default',
    breaks: ['run-as-non-root'],
    object: pod('root-by-default', { containers: [good()] }),
  },
  {
    name: 'user-zero-of-the-pod',
    breaks: ['run-as-non-root'],
    object: pod('user-zero-of-the-pod', {
      ...spec(good({}, { runAsUser: 1000 })),
      securityContext: { runAsNonRoot: true, runAsUser: 0 },
    }),
  },
  context('container-says-non-root', [], { runAsNonRoot: true, runAsUser: 1000 }),
  context('container-says-root', ['run-as-non-root'], { runAsNonRoot: false }),
  context('user-zero', ['run-as-non-root'], { runAsUser: 0 }),
  context('writable', ['read-only-root'], { readOnlyRootFilesystem: false }),
  context('binds-port', [], { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
  context('adds-capability', ['drop-all-capabilities'], {
    capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
  }),
  context('drops-one', ['drop-all-capabilities'], { capabilities: { drop: ['NET_RAW'] } }),
  context('drops-none', ['drop-all-capabilities'], { capabilities: {} }),
  context('may-gain-rights', ['drop-all-capabilities'], { allowPrivilegeEscalation: true }),
  image('tag', 'ghcr.io/acme/good:1.0', ['require-digest']),
  image('short-digest', 'ghcr.io/acme/good@sha256:0123', ['require-digest']),
  image('tag-and-digest', `ghcr.io/acme/good:1.0${DIGEST}`, []),
  image('official', `nginx${DIGEST}`, []),
  image('official-in-full', `docker.io/nginx${DIGEST}`, []),
  image('docker-user', `somebody/nginx${DIGEST}`, ['allowed-registries']),
  image('lookalike', `ghcr.io/acme-lookalike/good${DIGEST}`, ['allowed-registries']),
  image('lookalike-host', `ghcr.io.invalid/acme/good${DIGEST}`, ['allowed-registries']),
  image('another-port', `ghcr.io:5000/acme/good${DIGEST}`, ['allowed-registries']),
  image('localhost', `localhost/good${DIGEST}`, ['allowed-registries']),
  {
    name: 'without-label',
    breaks: ['require-labels'],
    object: pod('without-label', spec(good()), { labels: { tier: 'x' } }),
  },
  {
    name: 'empty-label',
    breaks: ['require-labels'],
    object: pod('empty-label', spec(good()), { labels: { app: '' } }),
  },
  {
    name: 'only-its-pods-labelled',
    breaks: ['require-labels'],
    object: object(
      'apps/v1',
      'Deployment',
      'only-its-pods-labelled',
      AROUND[0]![2]({ metadata: { labels: { app: 'x' } }, spec: spec(good()) }),
      { labels: { tier: 'x' } },
    ),
  },
  {
    name: 'leaves-by-label',
    breaks: ['no-mesh-opt-out'],
    object: pod('leaves-by-label', spec(good()), {
      labels: { app: 'x', 'sidecar.istio.io/inject': 'false' },
    }),
  },
  {
    name: 'leaves-by-annotation',
    breaks: ['no-mesh-opt-out'],
    object: pod('leaves-by-annotation', spec(good()), {
      annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '5432' },
    }),
  },
  {
    name: 'joins-by-label',
    breaks: [],
    object: pod('joins-by-label', spec(good()), { labels: { app: 'x', 'sidecar.istio.io/inject': 'true' } }),
  },
  {
    name: 'what-the-mesh-writes',
    breaks: [],
    object: pod('what-the-mesh-writes', spec(good()), {
      annotations: { 'sidecar.istio.io/interceptionMode': 'REDIRECT' },
    }),
  },
  ...workloads,
];
