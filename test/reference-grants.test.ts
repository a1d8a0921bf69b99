import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readModel } from '../src/verify/read.ts';
import { referenceGrant } from '../src/verify/rules/select/reference-grant.ts';
import { isObject } from '../src/verify/object.ts';
import { edited, put } from './mutation/mutant.ts';
import { scenario } from './mutation/repository.ts';
import { catalog } from './support.ts';

const names = readdirSync(path.join(import.meta.dirname, 'scenarios'));

/** Whatever names an object of another namespace, at any depth: `parentRefs shop → gateway`. */
function crossing(value: unknown, home: string, field = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => crossing(one, home, field));
  if (!isObject(value)) return [];
  const { name, namespace } = value;
  const own = typeof name === 'string' && typeof namespace === 'string' && namespace !== home;
  return [
    ...(own ? [`${field} ${home} → ${namespace}`] : []),
    ...Object.entries(value).flatMap(([key, one]) => crossing(one, home, key)),
  ];
}

const GATEWAY = 'infrastructure/gateway/gateway.yaml';
const files = scenario('default').files;

/** The Gateway takes its certificate from namespace `shop`, which has this ReferenceGrant. */
function found(from: object, to: object, namespace = 'shop'): string[] {
  const grant = {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: 'x', namespace },
    spec: { from: [from], to: [to] },
  };
  const reference = put(['spec', 'listeners', 1, 'tls', 'certificateRefs', 0], {
    name: 'a',
    namespace: 'shop',
  });
  const list = files.get('apps/kustomization.yaml')!;
  const changed = new Map([
    ...files,
    [GATEWAY, edited(files.get(GATEWAY)!, 0, reference)],
    ['apps/extra.yaml', stringify(grant)],
    ['apps/kustomization.yaml', `${list}  - extra.yaml\n`],
  ] as const);
  return [...referenceGrant.check(readModel(changed, catalog))].map(({ message }) => message);
}

const FROM = { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'gateway' };
const TO = { group: '', kind: 'Secret' };

describe('references across namespaces', () => {
  it.each(names)(
    '[reference-grants] %s: only a route names its Gateway in another namespace, which needs no grant',
    (name) => {
      const model = readModel(scenario(name).files, catalog);
      const ours = model.objects.filter(({ group }) =>
        ['gateway.networking.k8s.io', 'gateway.envoyproxy.io'].includes(group),
      );
      const all = ours.flatMap(({ body, namespace }) => crossing(body['spec'], namespace));
      expect(all.filter((one) => !one.startsWith('parentRefs '))).toEqual([]);
      expect([...referenceGrant.check(model)]).toEqual([]);
    },
  );

  it('such routes are there', () => {
    const bodies = readModel(files, catalog).objects.filter(({ kind }) => kind === 'HTTPRoute');
    expect(bodies.flatMap(({ body, namespace }) => crossing(body['spec'], namespace))).toContain(
      'parentRefs shop → gateway',
    );
  });

  it.each([
    ['both kinds', FROM, TO],
    ['the name too', FROM, { ...TO, name: 'a' }],
    ['the group of the core left out', FROM, { kind: 'Secret' }],
  ])('[reference-grants] granted: %s', (_, from, to) => expect(found(from, to)).toEqual([]));

  it.each([
    ['another kind from', { ...FROM, kind: 'HTTPRoute' }, TO],
    ['another group from', { ...FROM, group: 'gateway.envoyproxy.io' }, TO],
    ['another namespace from', { ...FROM, namespace: 'shop' }, TO],
    ['another kind to', FROM, { ...TO, kind: 'Service' }],
    ['another group to', FROM, { ...TO, group: 'x.example' }],
    ['another name to', FROM, { ...TO, name: 'b' }],
  ])('[reference-grants] not granted: %s', (_, from, to) =>
    expect(found(from, to)).toEqual([expect.stringContaining('names Secret shop/a, and no ReferenceGrant')]),
  );

  it('not granted: in the namespace of the Gateway', () =>
    expect(found(FROM, TO, 'gateway')).toEqual([expect.stringContaining('no ReferenceGrant in shop')]));
});
