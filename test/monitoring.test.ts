import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readRepository, type Any } from './objects.ts';
import { catalog, generate } from './support.ts';

const SIGNED = parse(readFileSync('test/scenarios/signed/blueprint.yaml', 'utf8')) as Any;
const OTHER = {
  name: 'other',
  choices: { mesh: 'none', policy: 'gatekeeper', secrets: 'external-secrets' },
  inputs: {
    scraperNamespace: 'monitoring',
    storeAddress: 'https://vault.example.com:8200',
    storeCidrs: ['192.0.2.20/32'],
  },
};
const SECRET = 'flux-system/flux-alerts';

test('[trail-events] Flux tells a sink of every layer and chart, with an address from a secret', () => {
  const { plan, files } = generate(SIGNED, [SECRET]);
  const { objects } = readRepository({ plan, files });
  const [provider, alert] = ['Provider', 'Alert'].map((kind) => objects.find((one) => one.kind === kind)!);
  for (const one of [provider!, alert!])
    expect(one.apiVersion).toBe('notification.toolkit.fluxcd.io/v1beta3');
  expect(provider!.spec).toEqual({ type: 'slack', secretRef: { name: 'flux-alerts' } });
  expect(alert!.spec.providerRef.name).toBe(provider!.metadata.name);
  expect(alert!.spec.eventSources).toEqual(
    expect.arrayContaining([
      { kind: 'Kustomization', name: '*' },
      { kind: 'HelmRelease', name: '*' },
    ]),
  );
  expect(plan.secrets.find((one) => one.name === 'flux-alerts')).toMatchObject({ sealed: true });
  expect(plan.layers.find((one) => one.name === 'alerts')?.after).toEqual(['secrets']);
});

test('[trail-events] without a sink nothing is rendered, asked for or pending', () => {
  const { plan, files } = generate({ name: 'x' });
  expect([...files.keys()].filter((path) => path.includes('alerts'))).toEqual([]);
  expect(plan.layers.map(({ name }) => name)).not.toContain('alerts');
  expect(plan.secrets.map(({ name }) => name)).not.toContain('flux-alerts');
  expect(files.get('docs/monitoring.md')).toContain('Flux tells nobody outside');
});

test.each([
  ['first', SIGNED, ['cert-manager', 'istiod', 'kyverno-admission', 'falcosidekick', 'trivy-operator']],
  ['other', OTHER, ['gatekeeper-webhook', 'gatekeeper-audit', 'external-secrets', 'envoy-gateway']],
])(
  '[monitoring] the collecting namespace reaches every metrics port, with the %s options',
  (_, blueprint, some) => {
    const { plan, files } = generate(blueprint);
    const used = Object.entries(plan.choices);
    const components = [
      catalog.base,
      ...catalog.slots.flatMap((slot) =>
        slot.components.filter((one) =>
          used.some(([name, choice]) => name === slot.name && choice === one.name),
        ),
      ),
    ];
    const declared = components.flatMap((one) =>
      Object.entries(one.endpoints).flatMap(([id, { ports }]) =>
        ports?.['metrics'] ? [[id, ports['metrics']]] : [],
      ),
    );
    const scrapes = plan.flows.filter(({ from }) => from.id === 'namespace monitoring');
    expect(scrapes.map(({ to, port }) => [to.id, port])).toEqual(expect.arrayContaining(declared));
    expect(declared.map(([id]) => id)).toEqual(expect.arrayContaining(some));
    for (const [id, port] of declared)
      expect(files.get('docs/monitoring.md')).toMatch(
        new RegExp(`\\| metrics of ${id} +\\|[^|]*\\| ${port} `),
      );
  },
);

test('[monitoring] its policies name it', () => {
  const policy = generate(SIGNED).files.get('security/network-policies/istio-system/allow-platform.yaml')!;
  expect(policy).toMatch(/port: 15014[^]*kubernetes\.io\/metadata\.name: monitoring/);
});

test('[monitoring] no namespace collects: no port is open for it', () => {
  const { plan, files } = generate({ name: 'x' });
  expect(plan.flows.filter(({ why }) => why.startsWith('metrics of'))).toEqual([]);
  expect(files.get('docs/monitoring.md')).toContain('No namespace may collect metrics');
});
