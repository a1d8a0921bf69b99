import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeBlueprint } from '../src/blueprint/blueprint.ts';
import { makePlan } from '../src/plan/plan.ts';
import { responseHeaders } from '../src/plan/response-headers.ts';
import { catalog, generate } from './support.ts';

const blueprintOf = (name: string): unknown =>
  parse(readFileSync(path.join(import.meta.dirname, 'scenarios', name, 'blueprint.yaml'), 'utf8'));

const INPUTS = {
  jwtIssuer: 'https://login.example.com',
  jwtJwks: 'https://login.example.com:8443/keys',
  rateLimit: '5/minute',
  maxRequestBody: '1Mi',
  wideEgress: true,
};

describe('controls at the gateway', () => {
  it('[gw-jwt] [gw-rate-limit] are a gap with a gateway that cannot, not silence', () => {
    const slots = catalog.slots.map((slot) => ({
      ...slot,
      components: slot.components.map((one) => (slot.name === 'gateway' ? { ...one, enforces: [] } : one)),
    }));
    const blueprint = makeBlueprint({ name: 'x', inputs: INPUTS }, catalog);
    const { gaps } = makePlan(blueprint, { ...catalog, slots }, new Set());
    const hosts = ['api.example.com', 'shop.example.com'];
    for (const id of ['jwt', 'rate-limit', 'request-size'])
      expect(gaps.find((one) => one.id === id)?.items, id).toEqual(hosts);
    expect(generate({ name: 'x', inputs: INPUTS }).plan.gaps.map((one) => one.id)).not.toContain('jwt');
  });

  it('[gw-jwt] [gw-rate-limit] are not rendered without their input, and the map of controls says so', () => {
    const { files } = generate({ name: 'x' });
    const text = [...files].filter(([path]) => path.endsWith('.yaml')).map(([, one]) => one);
    expect(text.filter((one) => /^kind: (RequestAuthentication|EnvoyFilter)/m.test(one))).toEqual([]);
    const map = files.get('docs/compliance.md')!;
    expect(map).toMatch(/not met\*\*: no `inputs.jwtIssuer`/);
    expect(map).toMatch(/rate \*\*not met\*\*: no `inputs.rateLimit`; size \*\*not met/);
  });

  it.each([
    ['gateway-controls', 'istiod', 443],
    ['gateway-controls-envoy', 'gateway', 8443],
  ])('[gw-jwt] %s: keys are fetched by %s, on port %i', (name, from, port) => {
    const { flows } = generate(blueprintOf(name)).plan;
    const found = flows
      .filter((one) => one.to.kind === 'host')
      .map((one) => [one.from.id, one.to.host, one.port]);
    expect(found).toEqual([[from, 'login.acme.example', port]]);
  });
});

describe('response headers', () => {
  it('are the usual ones, another value of one, and none of one that null leaves to the service', () => {
    const found = responseHeaders(true, { 'x-frame-options': 'SAMEORIGIN', 'Referrer-Policy': null, X: 'y' });
    expect(found).toEqual([
      { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
      { name: 'X-Content-Type-Options', value: 'nosniff' },
      { name: 'x-frame-options', value: 'SAMEORIGIN' },
      { name: 'X', value: 'y' },
    ]);
  });

  it('are for browsers: a gRPC port has none', () => {
    const service = { name: 'a', image: 'ghcr.io/a/a:1', port: 80, expose: { host: 'a' } };
    const headersOf = (extra: object) =>
      generate({ name: 'x', services: [{ ...service, ...extra }] }).plan.services[0]!.routes[0]!
        .responseHeaders;
    expect(headersOf({})).toHaveLength(4);
    expect(headersOf({ appProtocol: 'grpc' })).toEqual([]);
  });
});
