import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../src/generate.ts';
import { connectivityOf } from '../../src/verify/connectivity/connectivity.ts';
import { effective } from '../../src/verify/connectivity/effective.ts';
import type { KubernetesObject, Model } from '../../src/verify/model.ts';
import { nameOf, toObject } from '../../src/verify/object.ts';
import { readModel } from '../../src/verify/read.ts';
import { GRAPH_RULES } from '../../src/verify/rules/graph/index.ts';
import { catalog } from '../support.ts';
import { mutantsOf, type Body } from './policy-mutants.ts';

const folder = path.join(import.meta.dirname, '../scenarios');
const modelOf = (blueprint: Record<string, unknown>) =>
  readModel(generate(blueprint, catalog, new Set()).files, catalog);
const scenario = (name: string) =>
  modelOf(parse(readFileSync(path.join(folder, name, 'blueprint.yaml'), 'utf8')) as Record<string, unknown>);
const hits = (model: Model) =>
  GRAPH_RULES.flatMap((rule) => [...rule.check(model)].map((hit) => ({ rule: rule.id, ...hit })));
const lines = (model: Model) => hits(model).map((hit) => `${hit.rule} ${hit.message}`);

const find = (model: Model, name: string) => {
  const found = model.objects.find((one) => nameOf(one) === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

/** The model with one object changed, or without it. */
function changed(model: Model, object: KubernetesObject, body: Body | undefined): Model {
  const next = body ? [toObject(object.file, body, (at) => object.at(...at))] : [];
  return { ...model, objects: model.objects.flatMap((one) => (one === object ? next : [one])) };
}

/** The model with something added to, or changed in, the object of that name. */
function edited(model: Model, name: string, edit: (body: Body) => void): Model {
  const object = find(model, name);
  const body = structuredClone(object.body) as Body;
  edit(body);
  return changed(model, object, body);
}

const original = scenario('default');

test.each(readdirSync(folder))('scenario %s: what the policies do is what the graph declares', (name) => {
  expect(lines(scenario(name))).toEqual([]);
});

describe('a difference names the pair, the port, the direction, and the object with its line', () => {
  const only = (model: Model, rule: string) => hits(model).filter((hit) => hit.rule === rule);

  test('blocked: a rule is gone', () => {
    const model = edited(original, 'NetworkPolicy shop/allow-inter-service-frontend', (body) =>
      body.spec.egress.pop(),
    );
    expect(only(model, 'graph/blocked')).toEqual([
      {
        rule: 'graph/blocked',
        file: 'security/network-policies/shop/allow-inter-service.yaml',
        object: 'NetworkPolicy shop/allow-inter-service-frontend',
        position: { line: 16, column: 5 },
        message:
          'shop/frontend → shop/api-service 8080/TCP is declared (frontend calls api-service), but stopped at egress by NetworkPolicy shop/allow-inter-service-frontend: shop/frontend is isolated, and no rule allows it',
        fix: 'Add to the egress of a policy for app=frontend of namespace shop: { ports: [{ port: 8080, protocol: TCP }], to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }, podSelector: { matchLabels: { app: api-service } } }] }',
      },
    ]);
  });

  test('blocked: the mesh refuses the caller', () => {
    const model = edited(
      original,
      'AuthorizationPolicy shop/allow-frontend',
      (body) => (body.spec.rules = []),
    );
    expect(lines(model)).toEqual([
      'graph/blocked gateway/gateway → shop/frontend 8080/TCP is declared (requests from outside to frontend), but stopped at authorization by AuthorizationPolicy shop/allow-frontend: no ALLOW rule matches',
    ]);
  });

  test('open: both ends and the mesh let through what nobody declared', () => {
    const model = [
      'NetworkPolicy shop/allow-inter-service-frontend',
      'NetworkPolicy shop/allow-inter-service-backend-service',
    ].reduce(
      (one, name) =>
        edited(one, name, ({ spec }) => {
          const [peer, other] = spec.egress ? ['to', 'backend-service'] : ['from', 'frontend'];
          (spec.egress ?? spec.ingress).push({
            ports: [{ port: 15020, protocol: 'TCP' }],
            [peer]: [{ podSelector: { matchLabels: { app: other } } }],
          });
        }),
      original,
    );
    expect(only(model, 'graph/open').map(({ object, message }) => `${object}: ${message}`)).toEqual([
      'NetworkPolicy shop/allow-inter-service-frontend: shop/frontend → shop/backend-service 15020/TCP: open and not declared',
      'NetworkPolicy shop/allow-inter-service-backend-service: shop/frontend → shop/backend-service 15020/TCP: open and not declared',
    ]);
  });

  test('open: an address outside', () => {
    const model = edited(original, 'NetworkPolicy falco/allow-platform-falcosidekick', ({ spec }) =>
      spec.egress[0].to[0].ipBlock.except.splice(0, 1),
    );
    expect(lines(model)).toEqual([
      'graph/open falco/falcosidekick → 10.0.0.0/8 443/TCP: open and not declared',
    ]);
  });

  test('loose: one end opens, the other does not', () => {
    const model = edited(original, 'NetworkPolicy shop/allow-inter-service-frontend', ({ spec }) =>
      spec.egress[0].ports.push({ port: 9090, protocol: 'TCP' }),
    );
    expect(lines(model)).toEqual([
      'graph/loose shop/frontend → shop/api-service 9090/TCP: let through here and not declared; stopped only by the network policies of shop/api-service',
    ]);
  });

  test('loose: only the mesh stops it', () => {
    const model = edited(original, 'NetworkPolicy shop/allow-inter-service-backend-service', ({ spec }) =>
      spec.ingress[0].from.push({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      }),
    );
    expect(lines(model)).toEqual([
      'graph/loose a pod of namespace default → shop/backend-service 8080/TCP: let through here and not declared; stopped only by the mesh',
    ]);
  });

  test('plaintext: one finding for all that the object covers', () => {
    const model = edited(
      original,
      'PeerAuthentication istio-system/default',
      ({ spec }) => (spec.mtls.mode = 'PERMISSIVE'),
    );
    expect(only(model, 'graph/plaintext').map(({ object, message }) => `${object}: ${message}`)).toEqual([
      'PeerAuthentication istio-system/default: shop/api-service, shop/backend-service, shop/frontend, any other pod of namespace shop: plain connections are possible, because its mode is PERMISSIVE',
    ]);
  });

  test('rules-wider and rules-narrower: methods and paths', () => {
    const rule = (edit: (operation: Body) => void) =>
      lines(
        edited(original, 'AuthorizationPolicy shop/allow-backend-service', ({ spec }) =>
          edit(spec.rules[0].to[0].operation),
        ),
      );
    const pair = 'shop/api-service → shop/backend-service 8080/TCP';
    const declared = 'declared: GET /echo, POST /echo';
    expect(rule((operation) => operation.methods.push('DELETE'))).toEqual([
      `graph/rules-wider ${pair}: DELETE /echo let through, not declared; ${declared}`,
    ]);
    expect(rule((operation) => (operation.paths = ['/echo/*']))).toEqual([
      `graph/rules-wider ${pair}: GET /echo/*, POST /echo/* let through, not declared; ${declared}`,
      `graph/rules-narrower ${pair}: GET /echo, POST /echo refused; ${declared}`,
    ]);
    expect(rule((operation) => delete operation.paths)).toEqual([
      `graph/rules-wider ${pair}: GET any path, POST any path let through, not declared; ${declared}`,
    ]);
    expect(rule((operation) => operation.methods.pop())).toEqual([
      `graph/rules-narrower ${pair}: POST /echo refused; ${declared}`,
    ]);
  });

  test('a DENY rule takes requests away', () => {
    const deny = structuredClone(
      find(original, 'AuthorizationPolicy shop/allow-backend-service').body,
    ) as Body;
    deny.metadata.name = 'deny';
    deny.spec.action = 'DENY';
    deny.spec.rules = [{ to: [{ operation: { methods: ['POST'] } }] }];
    const model = {
      ...original,
      objects: [...original.objects, toObject('deny.yaml', deny, () => ({ line: 1, column: 1 }))],
    };
    expect(lines(model)).toEqual([
      'graph/rules-narrower shop/api-service → shop/backend-service 8080/TCP: POST /echo refused; declared: GET /echo, POST /echo',
    ]);
  });
});

describe('who is let in by name is declared, whether or not anybody runs so', () => {
  const from = (source: Body) => ({ from: [{ source }] });
  const when = (key: string, value: string) => ({ when: [{ key, values: [value] }] });
  test.each<[string, Body]>([
    [
      'an account whose pods are outside of the mesh',
      from({ principals: ['cluster.local/ns/istio-system/sa/istiod'] }),
    ],
    ['an account without a pod', from({ principals: ['cluster.local/ns/shop/sa/batch'] })],
    ['every account of a namespace', from({ principals: ['cluster.local/ns/gateway/sa/*'] })],
    ['accounts that start so', from({ principals: ['cluster.local/ns/gateway/sa/public-*'] })],
    ['namespaces that start so', from({ principals: ['cluster.local/ns/gate*'] })],
    ['accounts that end so', from({ principals: ['*/sa/istiod'] })],
    ['namespaces and accounts that end so', from({ principals: ['*way/sa/public-istio'] })],
    ['everybody', from({ principals: ['*'] })],
    ['another trust domain', from({ principals: ['other.domain/ns/gateway/sa/public-istio'] })],
    ['a namespace', from({ namespaces: ['gateway'] })],
    ['namespaces by a pattern', from({ namespaces: ['gate*'] })],
    ['an account by its own field', from({ serviceAccounts: ['istio-system/istiod'] })],
    ['an account of the same namespace', from({ serviceAccounts: ['batch'] })],
    ['a condition on the principal', when('source.principal', 'cluster.local/ns/istio-system/sa/istiod')],
    ['a condition on the namespace', when('source.namespace', 'gateway')],
  ])('%s', (_, rule) => {
    const model = edited(original, 'AuthorizationPolicy shop/allow-frontend', ({ spec }) =>
      spec.rules.push(rule),
    );
    expect(hits(model)).toEqual([
      expect.objectContaining({
        rule: expect.stringMatching(/^graph\/(loose|open)$/),
        object: 'AuthorizationPolicy shop/allow-frontend',
        message: expect.stringContaining('→ shop/frontend'),
      }),
    ]);
  });

  test.each<[string, Body]>([
    ['who is declared', from({ principals: ['cluster.local/ns/gateway/sa/public-istio'] })],
    ['nobody', from({ principals: ['cluster.local/ns/gateway/sa/public-istio'], namespaces: ['shop'] })],
  ])('%s is no finding', (_, { from: list }) => {
    const rule = { from: list, to: [{ operation: { ports: ['8080'] } }] };
    const model = edited(original, 'AuthorizationPolicy shop/allow-frontend', ({ spec }) =>
      spec.rules.push(rule),
    );
    expect(lines(model)).toEqual([]);
  });
});

describe('workloads and namespaces', () => {
  const deployment = 'Deployment shop/backend-service';
  test.each<[string, string, (body: Body) => void, string]>([
    [
      'other labels than declared',
      deployment,
      ({ spec }) => (spec.template.metadata.labels.app = 'backend'),
      'graph/blocked shop/backend-service is declared, but no workload',
    ],
    [
      'another ServiceAccount',
      'Deployment shop/api-service',
      ({ spec }) => (spec.template.spec.serviceAccountName = 'default'),
      'graph/blocked shop/api-service → shop/backend-service',
    ],
    [
      'an opt-out of the mesh',
      deployment,
      ({ spec }) => (spec.template.metadata.labels['sidecar.istio.io/inject'] = 'false'),
      'graph/plaintext shop/backend-service: plain connections are possible, because it is declared in the mesh, but runs outside of it',
    ],
    [
      'the network of the node',
      deployment,
      ({ spec }) => (spec.template.spec.hostNetwork = true),
      'graph/open anyone → shop/backend-service',
    ],
    [
      'a namespace outside of the mesh',
      'Namespace shop',
      ({ metadata }) => delete metadata.labels['istio-injection'],
      'graph/plaintext',
    ],
  ])('%s', (_, name, edit, expected) => {
    expect(lines(edited(original, name, edit)).join('\n')).toContain(expected);
  });

  test('a Deployment that GitOps does not reach', () => {
    const model = changed(original, find(original, deployment), undefined);
    expect(lines(model).join('\n')).toContain(
      'graph/blocked shop/backend-service is declared, but no workload that GitOps reaches',
    );
  });

  test('a namespace that nobody declared is open until a policy denies', () => {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra' } };
    const extra = toObject('extra.yaml', body, () => ({ line: 1, column: 1 }));
    expect(lines({ ...original, objects: [...original.objects, extra] })).toEqual([
      'graph/open anyone → any other pod of namespace extra every port: open and not declared, because no policy of namespace extra denies ingress',
      'graph/open any other pod of namespace extra → any address every port: open and not declared, because no policy of namespace extra denies egress',
    ]);
  });
});

describe('egress', () => {
  const full = scenario('bookinfo-full');
  const other = scenario('other-options');

  test('a host that no ServiceEntry registers is refused by the proxy, and one that nobody declared is known', () => {
    const entry = full.objects.find((one) => one.kind === 'ServiceEntry')!;
    expect(lines(changed(full, entry, undefined)).join('\n')).toMatch(
      /graph\/blocked bookinfo\/details → www\.googleapis\.com .* mesh registry: no ServiceEntry registers it/,
    );
    const model = edited(full, nameOf(entry), ({ spec }) => spec.hosts.push('evil.example'));
    expect(lines(model)).toEqual([
      expect.stringContaining('graph/loose pods of namespace bookinfo → evil.example'),
    ]);
    for (const exportTo of [['*'], ['.', 'gateway'], undefined]) {
      const everywhere = edited(full, nameOf(entry), ({ spec }) => (spec.exportTo = exportTo));
      expect(lines(everywhere)).toEqual([
        expect.stringMatching(/^graph\/loose pods of namespace .*gateway.* → www\.googleapis\.com/),
      ]);
    }
  });

  test('DNS of the node: the agent beside the proxy asks it, so nothing need register it', () => {
    const local = modelOf({ name: 'local', inputs: { nodeLocalDns: true } });
    expect(lines(local)).toEqual([]);
    const model = edited(local, 'HelmRelease flux-system/istiod', ({ spec }) => {
      delete spec.values.meshConfig.defaultConfig;
    });
    expect(lines(model)).toEqual([expect.stringMatching(/169\.254\.20\.10\/32 53\/TCP .* mesh registry/)]);
  });

  test('the API server: only its addresses where they are given, anywhere until then', () => {
    const drop = (one: Body) => delete one.spec.egress[0].to;
    expect(lines(edited(other, 'NetworkPolicy ledger/allow-egress-node-agent', drop)).join('\n')).toContain(
      'graph/open ledger/node-agent → ',
    );
    const narrowed = (one: Body) => (one.spec.egress[0].to = [{ ipBlock: { cidr: '192.0.2.10/32' } }]);
    expect(
      lines(edited(original, 'NetworkPolicy istio-cni/allow-platform-istio-cni', narrowed)).join('\n'),
    ).toContain('graph/blocked istio-cni/istio-cni → api-server 443/TCP, 6443/TCP is declared');
  });

  test('an exception of a network is an exception', () => {
    const model = edited(
      other,
      'NetworkPolicy web/allow-egress-web',
      ({ spec }) => delete spec.egress[1].to[0].ipBlock.except,
    );
    expect(lines(model)).toEqual(['graph/open web/web → 203.0.113.128/25 8443/TCP: open and not declared']);
  });

  test('a namespace in audit may be open', () => {
    expect(other.declared.namespaces.find((one) => one.name === 'sandbox')?.stages.network).toBe('audit');
    expect(
      connectivityOf(other).network.isolating(podOf(other, 'any other pod of namespace sandbox'), 'ingress'),
    ).toEqual([]);
  });
});

const podOf = (model: Model, name: string) =>
  connectivityOf(model).index.pods.find((one) => one.name === name)!;

test('every mutant of a network or mesh policy is found, but for those that change nothing', () => {
  const namespaces = ['shop', 'gateway', 'istio-system', 'falco'];
  const policies = original.objects.filter(
    ({ kind, namespace }) =>
      /^(NetworkPolicy|AuthorizationPolicy|PeerAuthentication)$/.test(kind) && namespaces.includes(namespace),
  );
  let count = 0;
  const survivors = policies.flatMap((policy) =>
    mutantsOf(policy.body as Body).flatMap(({ name, body, changesNothing }) => {
      count++;
      const found = hits(changed(original, policy, body)).length > 0;
      return found || changesNothing ? [] : [`${nameOf(policy)}: ${name}`];
    }),
  );
  expect(count).toBeGreaterThan(400);
  expect(survivors).toEqual([]);
});

test('the work grows with connections, not with pairs of pods', () => {
  const pairs = (count: number) => {
    const services = Array.from({ length: count }, (_, index) => ({
      name: `service-${index}`,
      namespace: 'shop',
      image: 'ghcr.io/acme/app:1.0.0',
      port: 8080,
      calls: [{ to: `shop/service-${(index + 1) % count}`, methods: ['GET'] }],
    }));
    const model = modelOf({ name: 'large', services });
    expect(lines(model)).toEqual([]);
    return connectivityOf(model).looked.pairs;
  };
  const step = pairs(80) - pairs(40);
  expect(pairs(160) - pairs(80)).toBe(step * 2);
});

test('effective: who may call whom, per layer', () => {
  const pairs = effective(original).map(
    (one) =>
      `${one.from} → ${one.to} declared ${one.declared} network ${one.network} effective ${one.effective}`,
  );
  expect(pairs).toContain(
    'shop/frontend → shop/api-service declared 8080/TCP network 8080/TCP effective 8080/TCP',
  );
  expect(pairs).toContain(
    'anyone → gateway/gateway declared 80/TCP, 443/TCP, 15021/TCP network 80/TCP, 443/TCP, 15021/TCP effective 80/TCP, 443/TCP, 15021/TCP',
  );
  expect(pairs.filter((one) => one.startsWith('shop/frontend → shop/backend-service'))).toEqual([]);
  expect(effective(original).filter((one) => one.extra || one.missing)).toEqual([]);
});
