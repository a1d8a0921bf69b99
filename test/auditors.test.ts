import { expect, test } from 'vitest';
import { readRepository } from './objects.ts';
import { generate } from './support.ts';

/** Kubernetes' own role `view` knows these, or what installs their kinds adds them to it. */
const VIEW = [
  'acme.cert-manager.io',
  'apps',
  'autoscaling',
  'batch',
  'cert-manager.io',
  'external-secrets.io',
  'helm.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'networking.k8s.io',
  'notification.toolkit.fluxcd.io',
  'policies.kyverno.io',
  'policy',
  'source.toolkit.fluxcd.io',
];

test.each([
  {},
  { mesh: 'none', network: 'cilium', policy: 'gatekeeper', secrets: 'external-secrets' },
  { network: 'cilium', policy: 'gatekeeper', edge: 'cloudflare' },
])('[rbac-gateway] auditors may read every kind that is rendered: %o', (choices) => {
  const inputs = {
    auditors: ['oidc:audit'],
    storeAddress: 'https://vault.example.com:8200',
    storeCidrs: ['192.0.2.20/32'],
    rateLimit: '100/second',
  };
  if (!('secrets' in choices)) for (const key of ['storeAddress', 'storeCidrs']) delete inputs[key as never];
  const { objects } = readRepository(generate({ name: 'x', choices, inputs }));
  const role = objects.find((one) => one.kind === 'ClusterRole' && one.metadata.name === 'people:auditor')!;
  const readable = [...VIEW, ...role['rules'].flatMap((one: { apiGroups: string[] }) => one.apiGroups)];
  const groups = new Set(objects.map(({ apiVersion }) => /^(.*)\//.exec(apiVersion)?.[1] ?? ''));
  expect([...groups].filter((group) => !readable.includes(group))).toEqual([]);
});
