import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULES } from '../../src/verify/rules/all.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

const FILES = scenario('external-secrets').files;
const STORE = 'security/secret-stores/shop.yaml';
const RELEASE = 'infrastructure/controllers/external-secrets/external-secrets.yaml';
const SECRET = 'security/secrets/ledger/accounts-database.yaml';
const [ACCOUNT, ROLE, BINDING, OBJECT] = [0, 1, 2, 3];
const VAULT = ['spec', 'provider', 'vault'];
const LOGIN = [...VAULT, 'auth', 'kubernetes'];
const TARGET = ['spec', 'target'];

const messages = (id: string, files: Files) =>
  [...RULES.find((one) => one.id === id)!.check(readModel(files, catalog))].map((one) => one.message);

function broken(file: string, index: number, edit: Edit): Files {
  const text = edited(FILES.get(file)!, index, edit);
  expect(text).not.toBe(edited(FILES.get(file)!, index, remove(['no-such-field'])));
  return new Map([...FILES, [file, text]]);
}

/** The repository with one more object in the layer of stores, or of what they fetch. */
function withObject(object: Record<string, unknown>, layer = 'secret-stores'): Files {
  const list = `security/${layer}/kustomization.yaml`;
  return new Map([
    ...FILES,
    [`security/${layer}/more.yaml`, stringify(object)],
    [list, `${FILES.get(list)!}  - more.yaml\n`],
  ]);
}

const clusterStore = (spec: object, vault: object = {}) =>
  withObject({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'shared' },
    spec: {
      ...spec,
      provider: {
        vault: {
          server: 'https://vault.corp.test:8200',
          auth: {
            kubernetes: {
              mountPath: 'kubernetes',
              role: 'shared',
              serviceAccountRef: { name: 'secret-store', namespace: 'shop', ...vault },
            },
          },
        },
      },
    },
  });

describe('stores', () => {
  it('[eso-store] the rendered ones are right', () => {
    const model = readModel(FILES, catalog);
    for (const { id, check } of RULES.filter((one) => ['select', 'secrets', 'order'].includes(one.area)))
      expect([...check(model)], id).toEqual([]);
  });

  it('[eso-store] one that exists nowhere, and one of another namespace, are named', () => {
    const ref = ['spec', 'secretStoreRef', 'name'];
    expect(messages('select/reference', broken(SECRET, 0, put(ref, 'vault')))).toEqual([
      'ExternalSecret ledger/accounts-database: secretStoreRef names SecretStore ledger/vault, which nobody brings',
    ]);
    const moved = broken(
      'security/secret-stores/ledger.yaml',
      OBJECT,
      put(['metadata', 'namespace'], 'shop'),
    );
    expect(messages('select/reference', moved)).toEqual([
      'ExternalSecret ledger/accounts-database: secretStoreRef names SecretStore ledger/secret-store, which nobody brings',
      'ExternalSecret ledger/registry: secretStoreRef names SecretStore ledger/secret-store, which nobody brings',
    ]);
    const cluster = broken(SECRET, 0, put(['spec', 'secretStoreRef', 'kind'], 'ClusterSecretStore'));
    expect(messages('select/reference', cluster)).toHaveLength(1);
    const single = broken(
      SECRET,
      0,
      put(['spec', 'data', 0, 'sourceRef'], { storeRef: { kind: 'SecretStore', name: 'other' } }),
    );
    expect(messages('select/reference', single)).toHaveLength(1);
  });

  it('[eso-store] an account that is missing is named', () => {
    const files = broken(STORE, ACCOUNT, put(['metadata', 'name'], 'other'));
    expect(messages('select/service-account', files)).toEqual([
      'SecretStore shop/secret-store: serviceAccountRef names ServiceAccount shop/secret-store, which nobody brings',
    ]);
  });

  it('[eso-store] one for the whole cluster has conditions that keep somebody out', () => {
    const say = (spec: object) => messages('secrets/store-scope', clusterStore(spec));
    expect(say({})).toEqual(['ClusterSecretStore shared: every namespace may use it']);
    expect(say({ conditions: [] })).toHaveLength(1);
    for (const open of [{}, { namespaceSelector: {} }, { namespaceRegexes: ['.*'] }])
      expect(say({ conditions: [{ namespaces: ['shop'] }, open] })).toEqual([
        'ClusterSecretStore shared: condition 2 lets every namespace in',
      ]);
    expect(say({ conditions: [{ namespaces: ['shop'] }] })).toEqual([]);
    expect(say({ conditions: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] })).toEqual([]);
    expect(say({ conditions: [{ namespaceRegexes: ['^shop-.*$'] }] })).toEqual([]);
  });

  it('[eso-store] references name a namespace where they must, and none where they must not', () => {
    const foreign = broken(STORE, OBJECT, put([...LOGIN, 'serviceAccountRef', 'namespace'], 'ledger'));
    expect(messages('secrets/store', foreign)).toEqual([
      'SecretStore shop/secret-store: serviceAccountRef names namespace ledger, but may only name its own',
    ]);
    const scoped = { conditions: [{ namespaces: ['shop'] }] };
    expect(messages('secrets/store', clusterStore(scoped))).toEqual([]);
    expect(messages('secrets/store', clusterStore(scoped, { namespace: undefined }))).toEqual([
      'ClusterSecretStore shared: serviceAccountRef names no namespace',
    ]);
  });

  it('[eso-store] plain HTTP is named', () => {
    const files = broken(STORE, OBJECT, put([...VAULT, 'server'], 'http://vault.vault.svc:8200'));
    expect(messages('secrets/store', files)).toEqual([
      'SecretStore shop/secret-store: is reached over plain HTTP at http://vault.vault.svc:8200',
    ]);
  });

  it('[eso-store] the operator may make the tokens that stores need, and no others', () => {
    const id = 'secrets/store-token';
    const lacking = [
      'SecretStore shop/secret-store: the operator may make no token of ServiceAccount shop/secret-store',
    ];
    const path = ['spec', 'values', 'rbac', 'serviceAccountTokenCreate'];
    const wide = [
      'HelmRelease flux-system/external-secrets: lets the operator make tokens of every account in the cluster',
    ];
    expect(messages(id, broken(RELEASE, 1, put(path, true)))).toEqual(wide);
    expect(messages(id, broken(RELEASE, 1, remove(path)))).toEqual(wide);
    expect(messages(id, broken(STORE, BINDING, put(['subjects', 0, 'namespace'], 'other')))).toEqual(lacking);
    expect(messages(id, broken(STORE, BINDING, put(['metadata', 'namespace'], 'ledger')))).toEqual(lacking);
    expect(messages(id, broken(STORE, ROLE, put(['rules', 0, 'verbs'], ['get'])))).toEqual(lacking);
    expect(
      messages(id, broken(STORE, ROLE, put(['rules', 0, 'resourceNames'], ['secret-store', 'web']))),
    ).toEqual([
      'Role shop/secret-store-token: lets its subjects make tokens of web, with which nothing logs in',
    ]);
    const unnamed = broken(STORE, ROLE, remove(['rules', 0, 'resourceNames']));
    expect(messages('enforce/rbac-escalation', unnamed)).toEqual([
      'Role shop/secret-store-token: rule 1 lets its subjects make tokens of accounts',
    ]);
    expect(messages('enforce/rbac-escalation', FILES)).toEqual([]);
    expect(messages('enforce/rbac-write', FILES)).toEqual([]);
  });
});

describe('what stores give', () => {
  it('[eso-secret] a target counts as the Secret that workloads read, with its keys', () => {
    const renamed = broken(SECRET, 0, put(['spec', 'data', 1, 'secretKey'], 'pass'));
    expect(messages('secrets/keys', renamed)).toEqual([
      'ExternalSecret ledger/accounts-database: lacks password',
    ]);
    const templated = broken(SECRET, 0, put([...TARGET, 'template'], { data: { a: 'b' } }));
    expect(messages('secrets/keys', templated)).toEqual([]);
    const other = broken(
      'apps/accounts/deployment.yaml',
      0,
      put(
        ['spec', 'template', 'spec', 'volumes', 0, 'secret', 'items'],
        [{ key: 'passwort', path: 'password' }],
      ),
    );
    expect(messages('select/secret', other)).toEqual([
      'Deployment ledger/accounts: secret reads key passwort of Secret ledger/accounts-database, which has no such key',
    ]);
  });

  it('[eso-secret] a value that is not fetched again, or goes with its entry, is named', () => {
    const say = (...edit: Parameters<typeof put>) =>
      messages('secrets/fetched', broken(SECRET, 0, put(...edit)));
    const name = 'ExternalSecret ledger/accounts-database';
    expect(say(['spec', 'refreshPolicy'], 'CreatedOnce')).toEqual([
      `${name}: is fetched CreatedOnce: a rotated value does not arrive`,
    ]);
    for (const never of ['0', '0s', '0h0m0s', 0])
      expect(say(['spec', 'refreshInterval'], never)).toEqual([
        `${name}: is fetched once: a rotated value does not arrive`,
      ]);
    expect(say(['spec', 'refreshInterval'], '10m')).toEqual([]);
    expect(say([...TARGET, 'deletionPolicy'], 'Delete')).toEqual([
      `${name}: deletes the Secret when its entry in the store is gone`,
    ]);
    expect(say([...TARGET, 'creationPolicy'], 'None')).toEqual([
      `${name}: makes no Secret (creationPolicy None)`,
    ]);
  });

  it('[eso-secret] a Secret has one owner', () => {
    const twin = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'twin', namespace: 'ledger' },
      spec: { secretStoreRef: { name: 'secret-store' }, target: { name: 'accounts-database' }, data: [] },
    };
    expect(messages('secrets/fetched', withObject(twin, 'secrets'))).toHaveLength(1);
    const sealed = { ...twin, apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' };
    const named = { ...sealed, metadata: { name: 'accounts-database', namespace: 'ledger' } };
    expect(messages('secrets/fetched', withObject(named, 'secrets'))).toEqual([
      'ExternalSecret ledger/accounts-database: Secret ledger/accounts-database has another owner, SealedSecret ledger/accounts-database',
    ]);
  });

  it('[eso-secret] what is declared is fetched, under its own name', () => {
    const renamed = broken(SECRET, 0, put([...TARGET, 'name'], 'old'));
    expect(messages('secrets/fetched', renamed)).toEqual([
      'Secret ledger/accounts-database: no ExternalSecret fetches it for accounts',
    ]);
    expect(messages('secrets/orphan', renamed)).toEqual([
      'ExternalSecret ledger/accounts-database: nobody declares or reads it',
    ]);
  });

  it('[eso-secret] nothing is said to be pending that a store keeps', () => {
    expect(messages('secrets/pending', FILES)).toEqual([]);
    const blueprint = 'zero-trust.yaml';
    const text = FILES.get(blueprint)!.replace(/^ {2}store(Address|Cidrs).*\n(?: {4}.*\n)*/gm, '');
    const without = new Map([...FILES].filter(([path]) => !path.startsWith('security/secret')));
    expect(messages('secrets/pending', new Map([...without, [blueprint, text]]))).toEqual([]);
  });

  it('[eso-install] stores come after the operator, what they fetch after them, and readers after that', () => {
    const late = (layer: string, name: string) => {
      const file = `clusters/prod-eu/${layer}.yaml`;
      const documents = FILES.get(file)!.split('---\n').length;
      return broken(file, documents - 1, put(['spec', 'dependsOn'], [{ name }]));
    };
    expect(messages('order/late-reference', late('secrets', 'namespaces'))).toHaveLength(1);
    expect(messages('order/late-reference', late('apps', 'gateway'))).not.toEqual([]);
    const early = late('secrets-backend', 'namespaces');
    expect(messages('order/unknown-kind', early)).not.toEqual([]);
    const blind = broken('clusters/prod-eu/secrets.yaml', 0, remove(['spec', 'healthCheckExprs']));
    expect(messages('order/blind-wait', blind)).toHaveLength(1);
  });
});
