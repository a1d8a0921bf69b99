import { readdirSync } from 'node:fs';
import path from 'node:path';
import { make } from 'covertable';
import { describe, expect, it } from 'vitest';
import type { Model, Rule } from '../../src/verify/model.ts';
import { run } from '../../src/verify/run.ts';
import { readModel } from '../../src/verify/read.ts';
import { ENFORCE_RULES } from '../../src/verify/rules/enforce/index.ts';
import { REMOVED_FROM_CONTROLLERS, OUTDATED } from '../../src/verify/rules/fresh/controller-apis.ts';
import { DEAD, LEGACY } from '../../src/verify/rules/fresh/hosts.ts';
import { FRESH_RULES } from '../../src/verify/rules/fresh/index.ts';
import { REMOVED_FROM_KUBERNETES } from '../../src/verify/rules/fresh/kubernetes-apis.ts';
import { SECRETS_RULES } from '../../src/verify/rules/secrets/index.ts';
import { SELECT_RULES } from '../../src/verify/rules/select/index.ts';
import { choose, refusal } from '../../src/plan/choose.ts';
import type { Files } from '../../src/types/files.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { repositoryOf, scenario } from '../mutation/repository.ts';
import { catalog, inputsOf } from '../support.ts';

const FILES = scenario('default').files;
const rule = (id: string): Rule => FRESH_RULES.find((one) => one.id === `fresh/${id}`)!;
const hits = (id: string, files: Files) => [...rule(id).check(readModel(files, catalog))];
const messages = (id: string, files: Files) => hits(id, files).map((one) => one.message);

function broken(file: string, edit: Edit, index = 0): Files {
  const before = FILES.get(file);
  expect(before, file).toBeDefined();
  const after = edited(before!, index, edit);
  expect(after).not.toBe(edited(before!, index, { at: ['no-such-field'] }));
  return new Map([...FILES, [file, after]]);
}

const CERT_MANAGER = 'infrastructure/controllers/cert-manager/cert-manager.yaml';
const KYVERNO = 'infrastructure/controllers/kyverno/kyverno.yaml';
const PDB = 'apps/api-service/disruption-budget.yaml';

/** Rule, file, what is broken, and what is said; a document's number where it is not the first. */
const CASES: [string, string, Edit, RegExp, number?][] = [
  [
    'removed-api',
    PDB,
    put(['apiVersion'], 'policy/v1beta1'),
    /policy\/v1beta1 is gone since Kubernetes 1.25/,
  ],
  [
    'removed-api',
    'clusters/my-cluster/apps.yaml',
    put(['apiVersion'], 'kustomize.toolkit.fluxcd.io/v1beta2'),
    /v1beta2 is served by no version/,
  ],
  [
    'removed-api',
    KYVERNO,
    put(['apiVersion'], 'helm.toolkit.fluxcd.io/v2beta2'),
    /HelmRelease flux-system\/kyverno/,
    1,
  ],
  ['removed-api', KYVERNO, put(['apiVersion'], 'source.toolkit.fluxcd.io/v1beta2'), /HelmRepository/],
  [
    'removed-api',
    'apps/api-service/route.yaml',
    put(['apiVersion'], 'gateway.networking.k8s.io/v1alpha2'),
    /v1alpha2/,
  ],
  [
    'outdated-api',
    'security/zero-trust/mutual-tls.yaml',
    put(['apiVersion'], 'security.istio.io/v1beta1'),
    /v1beta1 is outdated/,
  ],
  [
    'outdated-api',
    'security/kyverno/read-only-root.yaml',
    put(['apiVersion'], 'policies.kyverno.io/v1beta1'),
    /outdated/,
  ],
  [
    'outdated-api',
    'apps/api-service/route.yaml',
    put(['apiVersion'], 'gateway.networking.k8s.io/v1beta1'),
    /outdated/,
  ],
  [
    'dead-host',
    'infrastructure/controllers/sealed-secrets/sealed-secrets.yaml',
    put(['spec', 'url'], 'https://bitnami-labs.github.io/sealed-secrets'),
    /bitnami-labs.github.io is moved in June 2026/,
  ],
  [
    'dead-host',
    'infrastructure/controllers/istio/istiod.yaml',
    put(['spec', 'values', 'global', 'hub'], 'gcr.io/istio-release'),
    /gcr.io\/istio-release is deleted/,
    1,
  ],
  [
    'legacy-host',
    CERT_MANAGER,
    put(['spec', 'url'], 'https://charts.jetstack.io'),
    /charts.jetstack.io is a mirror/,
  ],
  ['pinned', KYVERNO, put(['spec', 'chart', 'spec', 'version'], '3.x'), /the chart's version is 3.x/, 1],
  ['pinned', KYVERNO, remove(['spec', 'chart', 'spec', 'version']), /the chart's version is left open/, 1],
  [
    'pinned',
    CERT_MANAGER,
    put(['spec', 'ref'], { semver: '>=1.0.0' }),
    /OCIRepository flux-system\/cert-manager/,
  ],
  [
    'pinned',
    'clusters/my-cluster/gateway-api.yaml',
    put(['spec', 'ref'], { branch: 'main' }),
    /follows main/,
  ],
  [
    'tested',
    KYVERNO,
    put(['spec', 'chart', 'spec', 'version'], '3.9.1'),
    /kyverno is 3.9.1, tested is 3.9.0/,
    1,
  ],
  [
    'tested',
    CERT_MANAGER,
    put(['spec', 'ref', 'tag'], 'v1.22.0'),
    /cert-manager is v1.22.0, tested is v1.21.1/,
  ],
  [
    'untested',
    KYVERNO,
    put(['spec', 'chart', 'spec', 'version'], '3.8.9'),
    /kyverno is 3.8.9, tested is 3.9.0/,
    1,
  ],
  ['untested', KYVERNO, put(['spec', 'chart', 'spec', 'version'], '4.0.0'), /kyverno is 4.0.0/, 1],
  [
    'untested',
    'clusters/my-cluster/gateway-api.yaml',
    put(['spec', 'ref', 'tag'], 'v1.5.1'),
    /is v1.5.1, tested is v1.6.1/,
  ],
  [
    'source',
    KYVERNO,
    put(['spec', 'url'], 'https://attacker.example'),
    /kyverno comes from https:\/\/attacker.example/,
  ],
  [
    'source',
    CERT_MANAGER,
    put(['spec', 'url'], 'oci://quay.io/jetstack/charts/other'),
    /tested is oci:\/\/quay.io\/jetstack\/charts\/cert-manager/,
  ],
  [
    'source',
    'clusters/my-cluster/gateway-api.yaml',
    put(['spec', 'url'], 'https://github.com/other/gateway-api'),
    /layer gateway-api comes from/,
  ],
  ['unknown-api', PDB, put(['apiVersion'], 'policy/v9'), /policy\/v9 is served by nobody/],
  ['unknown-api', 'apps/api-service/service.yaml', put(['apiVersion'], 'v2'), /v2 is served by nobody/],
];

describe('a broken repository', () => {
  it.each(CASES)('%s, %s', (id, file, edit, said, index) => {
    const found = hits(id, broken(file, edit, index));
    expect(found.map((one) => one.message).join('\n')).toMatch(said);
    expect(found[0]!.file).toBe(file);
    expect(found[0]!.position!.line).toBeGreaterThan(1 - Number(edit.at[0] === 'apiVersion'));
  });

  it('has a case for every rule', () => {
    const tried = new Set(CASES.map(([id]) => `fresh/${id}`));
    expect(FRESH_RULES.map((one) => one.id).filter((id) => !tried.has(id))).toEqual([]);
  });

  it('a comment names a dead host in vain, and another host only ends like one', () => {
    const text = FILES.get(KYVERNO)!;
    const files = new Map([...FILES, [KYVERNO, `# k8s.gcr.io\n${text}\n# x: mirror.k8s.gcr.io\n`]]);
    expect(messages('dead-host', files)).toEqual([]);
  });

  it('what a later Kubernetes takes away is there until then', () => {
    const text =
      'apiVersion: admissionregistration.k8s.io/v1beta1\nkind: ValidatingAdmissionPolicy\nmetadata: { name: x }\n';
    const at = (kubernetesVersion: string) => {
      const { files } = repositoryOf('x', { name: 'x', inputs: { kubernetesVersion } });
      const list = files.get('apps/kustomization.yaml')!;
      files.set('apps/x.yaml', text).set('apps/kustomization.yaml', `${list}  - x.yaml\n`);
      return messages('removed-api', files);
    };
    expect(at('1.33')).toEqual([]);
    expect(at('1.34')).toEqual([expect.stringContaining('gone since Kubernetes 1.34')]);
  });
});

describe('tables', () => {
  it.each([
    'autoscaling/v2beta2/HorizontalPodAutoscaler',
    'batch/v1beta1/CronJob',
    'flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema',
    'policy/v1beta1/PodSecurityPolicy',
    'rbac.authorization.k8s.io/v1beta1/ClusterRole',
    'networking.k8s.io/v1beta1/Ingress',
  ])('%s is gone', (id) =>
    expect(REMOVED_FROM_KUBERNETES.filter((one) => one.pattern.test(id))).toHaveLength(1),
  );

  it.each([
    'external-secrets.io/v1beta1/ExternalSecret',
    'notification.toolkit.fluxcd.io/v1beta2/Alert',
    'gateway.networking.k8s.io/v1alpha3/BackendTLSPolicy',
    'cert-manager.io/v1alpha2/Certificate',
    'policy.networking.k8s.io/v1alpha1/AdminNetworkPolicy',
  ])('%s is served by nobody', (id) =>
    expect(REMOVED_FROM_CONTROLLERS.filter((one) => one.pattern.test(id))).toHaveLength(1),
  );

  it.each([
    'policy/v1/PodDisruptionBudget',
    'notification.toolkit.fluxcd.io/v1beta3/Alert',
    'external-secrets.io/v1alpha1/PushSecret',
    'gateway.networking.k8s.io/v1beta1/ReferenceGrant',
    'networking.istio.io/v1alpha3/EnvoyFilter',
    'networking.istio.io/v1beta1/ProxyConfig',
    'kyverno.io/v2/UpdateRequest',
  ])('%s is fine', (id) => {
    const all = [...REMOVED_FROM_KUBERNETES, ...REMOVED_FROM_CONTROLLERS, ...OUTDATED];
    expect(all.filter((one) => one.pattern.test(id))).toEqual([]);
  });

  it('every entry says what to write instead and where that is said', () => {
    const all = [...REMOVED_FROM_KUBERNETES, ...REMOVED_FROM_CONTROLLERS, ...OUTDATED];
    expect(all.filter((one) => !one.instead || !one.source.startsWith('https://'))).toEqual([]);
    expect([...DEAD, ...LEGACY].filter((one) => !one.instead || !one.reason.includes('https://'))).toEqual(
      [],
    );
  });
});

/** Every rule of these four areas, on what is rendered and sealed, and on what is pending; exceptions that say why are kept. */
const OURS = [...SELECT_RULES, ...ENFORCE_RULES, ...SECRETS_RULES, ...FRESH_RULES];
const said = (model: Model) => run({ ...model, today: '2026-11-26' }, OURS, { strict: false }).findings;
const beyondPending = (model: Model) => said(model).filter((one) => one.rule !== 'secrets/pending');

const withoutSecrets = (files: Files): Files =>
  new Map([...files].filter(([file]) => !file.endsWith('.secret.yaml')));

describe('a rendered repository is clean', () => {
  const scenarios = readdirSync(path.join(import.meta.dirname, '../scenarios'));

  it.each(scenarios)('scenario %s, sealed and pending', (name) => {
    const { files } = scenario(name);
    expect(said(readModel(files, catalog))).toEqual([]);
    expect(beyondPending(readModel(withoutSecrets(files), catalog))).toEqual([]);
  });

  const slots = catalog.slots.filter((slot) => !slot.decidedBy);
  const factors = {
    ...Object.fromEntries(slots.map((slot) => [slot.name, slot.components.map((one) => one.name)])),
    stage: ['audit', 'enforce'],
    api: ['given', 'not given'],
  };
  type Row = Record<string, string>;
  const choicesOf = (row: Row) => Object.fromEntries(slots.map((slot) => [slot.name, row[slot.name]!]));
  const open = { ...catalog, refusals: [] };
  const rows = (make(factors, { length: 3 }) as Row[])
    .filter((row) => !refusal(choose({ choices: choicesOf(row), inputs: {} }, open).choices, catalog))
    .slice(0, 20);

  it.each(rows.map((row) => ({ name: Object.values(row).join(', '), row })))('$name', ({ row }) => {
    const stages = { podSecurity: row['stage'], policies: row['stage'], network: row['stage'] };
    const { files } = repositoryOf('combination', {
      name: 'combination',
      choices: choicesOf(row),
      inputs: inputsOf(row, row['api'] === 'given' ? { apiServerCidrs: ['192.0.2.10/32'] } : {}),
      namespaces: [{ name: 'shop', stages }],
    });
    // Without a recipient nothing can be sealed.
    const canSeal = row['secrets'] !== 'sops';
    if (canSeal) expect(said(readModel(files, catalog))).toEqual([]);
    const model = readModel(withoutSecrets(files), catalog);
    expect(beyondPending(model)).toEqual([]);
    // What a store keeps is seen by nobody here.
    const isStored = row['secrets'] === 'external-secrets';
    expect(said(model)).toHaveLength(isStored ? 0 : model.declared.secrets.length);
  });
});
