import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../../src/error.ts';
import { generate } from '../../src/generate.ts';
import { explain, type Explanation } from '../../src/verify/explain.ts';
import { readModel } from '../../src/verify/read.ts';
import { catalog } from '../support.ts';

const folder = path.join(import.meta.dirname, '../scenarios');
const modelOf = (name: string) => {
  const blueprint = parse(readFileSync(path.join(folder, name, 'blueprint.yaml'), 'utf8'));
  return readModel(generate(blueprint as Record<string, unknown>, catalog, new Set()).files, catalog);
};
const model = modelOf('default');
const other = modelOf('other-options');
const full = modelOf('bookinfo-full');

const said = ({ layers }: Explanation) =>
  layers.map(
    ({ layer, allowed, why, object }) =>
      `${layer}: ${allowed ? 'yes' : 'no'}, ${why}${object ? ` (${object})` : ''}`,
  );

describe('two services', () => {
  test('a declared call: every layer allows it, by its object and line', () => {
    const [one, ...more] = explain(model, 'frontend', 'shop/api-service');
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      from: 'shop/frontend',
      to: 'shop/api-service',
      port: 8080,
      protocol: 'TCP',
      declared: ['frontend calls api-service'],
      declaredRequests: [{ methods: ['GET', 'POST'], paths: ['/api/*'] }],
      requests: [{ methods: ['GET', 'POST'], paths: ['/api/*'] }],
      allowed: true,
    });
    expect(said(one!)).toEqual([
      'egress of shop/frontend: yes, a rule allows 8080/TCP (NetworkPolicy shop/allow-inter-service-frontend)',
      'ingress of shop/api-service: yes, a rule allows 8080/TCP (NetworkPolicy shop/allow-inter-service-api-service)',
      'mutual TLS: yes, shop/api-service is STRICT (PeerAuthentication istio-system/default)',
      'authorization: yes, an ALLOW rule matches (AuthorizationPolicy shop/allow-api-service)',
    ]);
    for (const { file, position } of one!.layers) {
      expect(model.files.has(file!), file).toBe(true);
      expect(position!.line).toBeGreaterThan(1);
    }
  });

  test('an undeclared call: what each layer says, not only the first', () => {
    const [one] = explain(model, 'frontend', 'backend-service', { port: 8080 });
    expect(one).toMatchObject({ declared: [], allowed: false });
    expect(one!.layers.map(({ layer, allowed }) => `${layer} ${allowed}`)).toEqual([
      'egress of shop/frontend false',
      'ingress of shop/backend-service false',
      'mutual TLS true',
      'authorization false',
    ]);
    expect(one!.layers.at(-1)?.why).toBe('no ALLOW rule matches');
  });

  test('a caller outside of the mesh is stopped by mutual TLS', () => {
    const [one] = explain(model, 'cert-manager', 'frontend', { port: 8080 });
    expect(said(one!).at(-1)).toBe(
      'mutual TLS: no, cert-manager/cert-manager has no certificate of the mesh (PeerAuthentication istio-system/default)',
    );
  });

  test('without a mesh the network policies stand alone', () => {
    const ports = explain(other, 'accounts', 'telemetry').map(
      (one) => `${one.port}/${one.protocol} ${one.allowed}`,
    );
    expect(ports).toEqual(['4317/TCP true', '8125/UDP true']);
    expect(explain(other, 'web', 'accounts', { port: 6060 })[0]?.allowed).toBe(false);
  });
});

describe('ends outside', () => {
  test('anyone to the Gateway', () => {
    const all = explain(model, 'anyone', 'gateway');
    expect(all.map(({ port, allowed }) => `${port} ${allowed}`)).toEqual([
      '80 true',
      '443 true',
      '15021 true',
    ]);
    expect(explain(model, 'anyone', 'gateway', { port: 15020 })[0]?.allowed).toBe(false);
    expect(explain(model, 'anyone', 'frontend', { port: 8080 })[0]?.allowed).toBe(false);
  });

  test('a network, an address, a host, the API server', () => {
    expect(explain(other, 'web', '203.0.113.0/24', { port: 8443 })[0]).toMatchObject({ allowed: true });
    expect(explain(other, 'web', '203.0.113.7', { port: 8443 })[0]).toMatchObject({
      allowed: true,
      declared: ['web reaches 203.0.113.0/24'],
    });
    expect(explain(other, 'web', '203.0.113.7')[0]).toMatchObject({ port: 8443, allowed: true });
    expect(explain(other, 'web', '203.0.113.200', { port: 8443 })[0]).toMatchObject({
      allowed: false,
      declared: [],
    });
    expect(explain(other, 'web', 'api.payments.example')[0]).toMatchObject({ port: 443, allowed: true });
    expect(explain(other, 'node-agent', 'api-server').map(({ allowed }) => allowed)).toEqual([true, true]);
    expect(explain(other, 'web', 'api-server', { port: 6443 })[0]?.allowed).toBe(false);
  });

  test('a host that the mesh does not register', () => {
    const [declared] = explain(full, 'details', 'www.googleapis.com', { port: 443 });
    expect(declared?.allowed).toBe(true);
    const [unknown] = explain(full, 'details', 'evil.example', { port: 443 });
    expect(said(unknown!)).toEqual([
      expect.stringContaining('egress of bookinfo/details: yes'),
      'mesh registry: no, no ServiceEntry registers it, and the mesh is set to REGISTRY_ONLY',
    ]);
  });
});

describe('what cannot be answered is a usage error that says what to do', () => {
  const refused = (...given: Parameters<typeof explain>) => {
    try {
      explain(...given);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as UserError).message;
    }
    throw new Error('was answered');
  };

  test('an unknown name, with the nearest', () => {
    expect(refused(model, 'frontent', 'gateway')).toBe('There is no frontent. Did you mean "frontend"?');
  });

  test('no port, and none declared', () => {
    expect(refused(model, 'frontend', 'istio-cni')).toContain('no port is declared; give one with --port');
  });

  test('two ends outside', () => {
    expect(refused(model, 'anyone', 'internet', { port: 443 })).toContain('must run in the cluster');
  });
});
