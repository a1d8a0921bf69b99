import fc from 'fast-check';
import { HOSTILE, isSentence } from './hostile.ts';

/** Any text that a Blueprint takes. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0')),
  },
);
const sentence = anyText.filter(isSentence);

const word = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const digest = fc.stringMatching(/^[a-f0-9]{64}$/);
const image = fc.oneof(
  digest.map((hash) => `registry.example:5000/team/app@sha256:${hash}`),
  fc.constantFrom('redis:8.2.1', 'ghcr.io/acme/app:v1.2.3', 'app:latest-alpine'),
);
const seconds = fc.integer({ min: 1, max: 600 });
const user = fc.integer({ min: 2, max: 65_000 }).filter((id) => id !== 1337);
const dictionary = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
/** Maybe there, maybe not, as a key of a YAML file is. */
const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });

const variables = (prefix: string) =>
  dictionary(fc.stringMatching(new RegExp(`^${prefix}_[A-Z0-9_]{0,6}$`)), anyText);
const timings = optional({ delay: seconds, period: seconds, timeout: seconds, failures: seconds });
const probe = fc
  .tuple(
    fc.oneof(
      fc.record({
        http: fc.constantFrom('/', '/ready'),
        port: fc.constant(8080),
        headers: dictionary(fc.stringMatching(/^X-[A-Za-z-]{1,8}$/), anyText),
      }),
      fc.record({ grpc: fc.constant(8080) }),
      fc.record({ tcp: fc.constant(8080) }),
      fc.record({ exec: fc.array(anyText, { minLength: 1, maxLength: 3 }) }),
    ),
    timings,
  )
  .map(([kind, timing]) => ({ ...kind, ...timing }));

const container = {
  command: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  args: fc.array(anyText, { minLength: 1, maxLength: 3 }),
};
const portNumber = fc.integer({ min: 1, max: 65_535 });
const ports = fc
  .uniqueArray(
    fc.record({
      port: portNumber,
      targetPort: portNumber,
      appProtocol: fc.constantFrom('http', 'grpc', 'tcp', 'mysql'),
    }),
    {
      selector: (one) => one.port,
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) => list.map((one, index) => ({ name: `port-${index}`, ...one })));

const root = fc.record({
  reason: sentence,
  owner: sentence,
  expires: fc.constant('2027-01-31'),
  capabilities: fc.constantFrom([], ['CHOWN']),
});

/** Fields that every kind of workload has, names aside. */
const fields = optional({
  ...container,
  env: variables('E'),
  annotations: dictionary(fc.stringMatching(/^[a-z]{1,8}\.example\/[A-Za-z]{1,8}$/), anyText),
  labels: dictionary(fc.stringMatching(/^team-[a-z]{1,5}$/), fc.constantFrom('', 'a', 'no', '1e3', '010')),
  serviceAccount: fc.record({ annotations: dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyText) }),
  secrets: fc.constantFrom(
    [{ name: 'one', keys: ['a', 'b.c'], env: { S_A: 'a' } }],
    [
      { name: 'two', keys: ['k'], mount: '/etc/two', files: { k: 'file' } },
      { name: 'three', keys: ['k'], optional: true },
    ],
  ),
  writable: fc.constantFrom(['/tmp'], ['/tmp', { path: '/cache', size: '1Gi', medium: 'Memory' }]),
  probes: optional({ readiness: probe, liveness: probe, startup: probe }),
  initContainers: fc.array(
    fc.record({ name: fc.constant('init-first'), image, ...container, env: variables('I') }),
    { maxLength: 1 },
  ),
  terminationGracePeriod: seconds,
  egress: fc.constantFrom(
    [{ cidr: '203.0.113.0/24', port: 443 }],
    [{ cidr: '2001:db8::/32', port: 53, protocol: 'UDP' }],
  ),
  kubernetesApi: fc.constantFrom([{ resources: ['pods'], verbs: ['get'] }]),
  callers: fc.constantFrom('declared', 'everyone'),
});

const service = fc
  .tuple(
    fc.record({ name: word, namespace: fc.constantFrom('one', 'two'), image, ports }),
    fields,
    fc.constantFrom('Deployment', 'DaemonSet', 'StatefulSet'),
    fc.oneof(
      fc.record({ root }),
      fc.record({ runAs: fc.record({ user, group: user, fsGroup: user }) }),
      fc.constant({}),
    ),
  )
  .map(([named, more, kind, identity]) => ({ ...named, ...more, kind, ...identity }));

/** Any valid Blueprint: services of random names, each calling some of the others. */
export const anyBlueprint = fc
  .record({
    services: fc.uniqueArray(service, { selector: (one) => one.name, minLength: 1, maxLength: 4 }),
    data: dictionary(fc.stringMatching(/^[-_A-Za-z0-9][-._A-Za-z0-9]{0,8}$/), anyText),
    picks: fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(2)), { maxLength: 5 }),
    exposed: fc.boolean(),
  })
  .map(({ services, data, picks, exposed }) => {
    const called = picks.map(([from, to, port]) => ({
      from: services[from % services.length]!,
      to: services[to % services.length]!,
      port,
    }));
    const callsOf = (one: object) =>
      called
        .filter(({ from }) => from === one)
        .map(({ to, port }) => ({
          to: `${to.namespace}/${to.name}`,
          port: to.ports[port % to.ports.length]!.name,
        }));
    const all = services.map((one) => ({
      ...one,
      calls: callsOf(one),
      configMaps: one.namespace === 'one' ? [{ name: 'settings' }] : [],
    }));
    const first = exposed
      ? {
          ...all[0]!,
          ports: [{ name: 'web', port: 80, targetPort: 8080 }],
          calls: [],
          expose: { host: 'www' },
        }
      : all[0]!;
    const rest = all.slice(1).map((one) => ({
      ...one,
      calls: exposed ? one.calls.filter((call) => !call.to.endsWith(`/${first.name}`)) : one.calls,
    }));
    return {
      name: 'any',
      configMaps: [{ name: 'settings', namespace: 'one', data }],
      services: [first, ...rest],
    };
  });
