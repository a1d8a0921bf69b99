import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import { explain } from '../../src/verify/explain.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULES } from '../../src/verify/rules/all.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { repositoryOf, scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

const text = readFileSync('test/scenarios/cilium/blueprint.yaml', 'utf8');
const blueprint = parse(text) as Record<string, unknown>;
// A mesh refuses a wildcard on a port of no web traffic.
const meshed = text.replace('mesh: none', 'mesh: istio').replace('port: 587', 'port: 443');
const REPOSITORIES = {
  plain: scenario('cilium').files,
  meshed: repositoryOf('cilium', parse(meshed) as Record<string, unknown>).files,
};
type Name = keyof typeof REPOSITORIES;

/** All but gaps and what is pending: those are of the declaration, not of the files. */
function said(files: Files): string[] {
  const model = readModel(files, catalog);
  return RULES.flatMap((rule) => [...rule.check(model)].map((one) => `${rule.id} ${one.message}`)).filter(
    (line) => !/^(enforce\/(gap|pending)|secrets\/)/.test(line),
  );
}

function broken(name: Name, file: string, edit: Edit, index = 0): Files {
  const before = REPOSITORIES[name].get(file)!;
  const after = edited(before, index, edit);
  expect(after).not.toBe(edited(before, index, { at: ['no-such-field'] }));
  return new Map(REPOSITORIES[name]).set(file, after);
}

const POLICIES = 'security/network-policies';
const HTTP = { http: [{ method: 'GET' }] };
const ports = (port: string) => [{ ports: [{ port, protocol: 'TCP' }] }];

/** Row, repository, file, what is broken, all that is said; a document's number where it is not the first. */
const CASES: [string, Name, string, Edit, (string | RegExp)[], number?][] = [
  [
    '[cnp-dns] a rule for a host without a rule for DNS answers',
    'plain',
    `${POLICIES}/shop/allow-dns.yaml`,
    remove(['spec', 'egress', 0, 'toPorts', 0, 'rules']),
    [
      /^graph\/blocked .*orders → api\.payments\.example .*rules\.dns/,
      /^graph\/blocked .*orders → \*\.mail\.example .*rules\.dns/,
      /^enforce\/unseen-host .*orders may reach api\.payments\.example/,
      /^enforce\/unseen-host .*orders may reach \*\.mail\.example/,
    ],
  ],
  [
    '[cnp-dns] DNS over UDP alone',
    'plain',
    `${POLICIES}/bank/allow-dns.yaml`,
    put(['spec', 'egress', 0, 'toPorts', 0, 'ports', 0, 'protocol'], 'UDP'),
    [/^graph\/blocked .*namespace bank|^graph\/blocked .*bank.*53\/TCP/],
  ],
  [
    '[cnp-fqdn] a wider name',
    'plain',
    `${POLICIES}/shop/allow-egress.yaml`,
    put(['spec', 'egress', 0, 'toFQDNs'], [{ matchPattern: '**.payments.example' }]),
    [/^graph\/open shop\/orders → host \*\*\.payments\.example 443/],
  ],
  [
    '[cnp-backend] requests ruled under the encryption of a mesh',
    'meshed',
    `${POLICIES}/shop/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'toPorts', 0, 'rules'], HTTP),
    [/^enforce\/unseen-requests .*requests to shop\/orders/, /^graph\/rules-narrower /],
    1,
  ],
  [
    '[cnp-backend] a peer without the label of its namespace',
    'plain',
    `${POLICIES}/bank/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'fromEndpoints'], [{ matchLabels: { app: 'web' } }]),
    [
      /^select\/peers .*without the label .*such pods are in shop/,
      /^graph\/rules-wider shop\/web → bank\/ledger/,
      /^graph\/blocked shop\/web → bank\/ledger/,
    ],
  ],
  [
    '[cnp-backend] methods left out',
    'plain',
    `${POLICIES}/shop/allow-inter-service.yaml`,
    remove(['spec', 'ingress', 0, 'toPorts', 0, 'rules']),
    [/^graph\/rules-wider shop\/web → shop\/orders/],
    1,
  ],
  [
    '[cnp-backend] a path that is too narrow',
    'plain',
    `${POLICIES}/shop/allow-inter-service.yaml`,
    put(['spec', 'ingress', 0, 'toPorts', 0, 'rules', 'http', 1, 'path'], '/v1/orders/new'),
    [/^graph\/rules-narrower shop\/web → shop\/orders .*GET \/v1\/orders\/\*/],
    1,
  ],
  [
    '[np-deny] a default deny that denies one way',
    'plain',
    `${POLICIES}/kyverno/default-deny.yaml`,
    remove(['spec', 'ingress']),
    [/^select\/default-deny namespace kyverno: no policy denies ingress/, /^graph\/open anyone → .*kyverno/],
  ],
  [
    '[cnp-gateway] webhooks for the API server alone: from other nodes it comes by an address of theirs',
    'plain',
    `${POLICIES}/cert-manager/allow-platform.yaml`,
    put(['spec', 'ingress', 0, 'fromEntities'], ['kube-apiserver']),
    [/^graph\/blocked api-server → cert-manager\/cert-manager-webhook 10250/],
    1,
  ],
  [
    '[cnp-gateway] webhooks for every pod',
    'plain',
    `${POLICIES}/cert-manager/allow-platform.yaml`,
    put(['spec', 'ingress', 0, 'fromEntities'], ['kube-apiserver', 'remote-node', 'cluster']),
    [/^graph\/open .*cert-manager-webhook 10250/],
    1,
  ],
  [
    '[np-cidr] the API server by addresses, which Cilium gives no name to',
    'plain',
    `${POLICIES}/bank/allow-egress.yaml`,
    put(['spec', 'egress', 0], { toCIDR: ['0.0.0.0/0'], toPorts: ports('6443') }),
    [/^graph\/open bank\/ledger → any IPv4 address 6443/, /^graph\/blocked bank\/ledger → api-server/],
  ],
  [
    '[np-deny] a label that Cilium ignores',
    'plain',
    `${POLICIES}/bank/allow-egress.yaml`,
    put(['spec', 'endpointSelector', 'matchLabels'], { 'batch.kubernetes.io/job-completion-index': '0' }),
    [
      /^select\/ignored-label .*job-completion-index/,
      /^select\/pods /,
      /^graph\/blocked bank\/ledger → api-server/,
    ],
  ],
];

describe.each(Object.keys(REPOSITORIES) as Name[])('a rendered repository, %s', (name) => {
  it('is clean', () => expect(said(REPOSITORIES[name])).toEqual([]));
});

describe('a broken repository', () => {
  it.each(CASES)('%s', (_, name, file, edit, expected, index) => {
    const lines = said(broken(name, file, edit, index));
    for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line));
    // Nothing else is said but on the same file's account.
    expect(lines.filter((line) => !expected.some((one) => new RegExp(one).test(line)))).toEqual([]);
  });

  it('[cnp-backend] kinds of Cilium without Cilium', () => {
    const declaration = parse(REPOSITORIES.plain.get('zero-trust.yaml')!) as typeof blueprint;
    const inputs = { ...(declaration['inputs'] as object), wideEgress: true };
    const other = {
      ...declaration,
      choices: { ...(blueprint['choices'] as object), network: 'kubernetes' },
      inputs,
    };
    const files = new Map(REPOSITORIES.plain).set('zero-trust.yaml', stringify(other));
    expect(said(files)).toContainEqual(
      expect.stringMatching(
        /^order\/unknown-kind CiliumNetworkPolicy .*which nothing of the repository brings/,
      ),
    );
  });
});

it('[np-deny] a clusterwide default deny stands for those of namespaces, and locks out kube-system', () => {
  const deny = `${POLICIES}/kyverno/default-deny.yaml`;
  const everywhere = REPOSITORIES.plain
    .get(deny)!
    .replace('CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy')
    .replace('  namespace: kyverno\n', '');
  const files = new Map(REPOSITORIES.plain).set(deny, everywhere);
  for (const namespace of ['shop', 'bank'])
    files.set(
      `${POLICIES}/${namespace}/default-deny.yaml`,
      everywhere.replace('default-deny', `deny-${namespace}`),
    );
  const lines = said(files);
  expect(lines.filter((line) => line.startsWith('select/default-deny'))).toEqual([]);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^graph\/blocked .*cluster-dns .*stopped at ingress by CiliumClusterwideNetworkPolicy/,
    ),
  );
});

describe('explain', () => {
  const model = readModel(REPOSITORIES.plain, catalog);

  it('[cnp-backend] says the methods and paths that the network lets through', () => {
    const [one] = explain(model, 'web', 'orders');
    expect(one).toMatchObject({ allowed: true, port: 8080 });
    expect(one!.requests).toEqual([
      { methods: ['GET', 'POST'], paths: ['/v1/orders'], partial: false },
      { methods: ['GET', 'POST'], paths: ['/v1/orders/*'], partial: false },
    ]);
  });

  it('[cnp-fqdn] knows hosts and the API server', () => {
    expect(explain(model, 'orders', 'api.payments.example')[0]).toMatchObject({ allowed: true });
    expect(explain(model, 'web', 'api.payments.example', { port: 443 })[0]).toMatchObject({ allowed: false });
    expect(explain(model, 'ledger', 'api-server')[0]).toMatchObject({ allowed: true });
    expect(explain(model, 'api-server', 'cert-manager-webhook')[0]).toMatchObject({ allowed: true });
    expect(explain(model, 'anyone', 'cert-manager-webhook', { port: 10250 })[0]).toMatchObject({
      allowed: false,
    });
  });
});
