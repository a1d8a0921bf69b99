import { stringify } from 'yaml';
import { edits, put, remove, type Operators } from '../mutant.ts';
import { noise } from '../ciphertext.ts';
import { get, itemsUnder, podTemplate, WORKLOADS } from '../nodes.ts';
import type { Any } from '../repository.ts';

const SEALED = /SealedSecret|Secret/;
/** Built here, so that no scanner takes this file for a leak. */
const TOKENS = {
  github: `ghp_${noise('github', 36).replaceAll(/[+/]/g, 'x')}`,
  aws: `AKIA${'Q3EGXKZTPLNW5RV7'}`,
  jwt: [
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
    'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ',
    noise('jwt', 43).replaceAll(/[+/]/g, 'x'),
  ].join('.'),
  url: `postgres://shop:${noise('url', 20).replaceAll(/[+/]/g, 'x')}@db.example.com:5432/shop`,
  random: noise('random', 40),
};
const KEY = `-----BEGIN ${'PRIVATE'} KEY-----\n${noise('key', 192).replace(/.{64}/g, '$&\n')}-----END ${'PRIVATE'} KEY-----\n`;
const AGE = `# created: 2026-01-01T00:00:00Z\nAGE-SECRET-KEY-1${noise('age', 58)
  .toUpperCase()
  .replaceAll(/[^AC-HJ-NP-Z02-9]/g, 'Q')}\n`;

/** Secrets that lie open, and ciphertext that no longer opens. */
export const SECRETS: Operators = {
  'secrets/plain': function* ({ places }) {
    for (const { file, object } of places.filter((one) => /^\w*Secret$/.test(one.object.kind))) {
      const fetched = object.spec?.data?.map((one: Any) => one.secretKey) as string[] | undefined;
      const keys = fetched ?? Object.keys(object.spec?.encryptedData ?? object.stringData);
      const { name, namespace } = object.metadata;
      const stringData = Object.fromEntries(keys.map((key) => [key, 'correct-horse-battery']));
      const plain = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type: 'Opaque',
        stringData,
      };
      const data = Object.fromEntries(keys.map((key) => [key, 'Y29ycmVjdC1ob3JzZQ==']));
      for (const one of [plain, { ...plain, stringData: undefined, data }]) {
        const changes = () => new Map([[file, stringify(one)]]);
        yield { file, what: `${file}: in plain text`, changes };
      }
    }
  },
  'secrets/value-in-clear': edits(SEALED, (secret) => {
    const at = secret.spec ? ['spec', 'encryptedData'] : ['stringData'];
    return Object.keys(get(secret, at)).map((key) => put([...at, key], 'correct-horse-battery'));
  }),
  'secrets/extra-plain-value': edits(/Secret/, () => [
    put(['data'], { extra: 'Y29ycmVjdC1ob3JzZQ==' }),
    put(['stringData', 'extra'], 'correct-horse-battery'),
  ]),
  'secrets/sealed-name': edits(/SealedSecret/, ({ metadata, spec }) => [
    put(['metadata', 'name'], `${metadata.name}-old`),
    put(['spec', 'template', 'metadata', 'name'], `${metadata.name}-old`),
    put(['spec', 'template', 'metadata', 'namespace'], 'default'),
    put(['metadata', 'annotations', 'sealedsecrets.bitnami.com/cluster-wide'], 'true'),
    put(['metadata', 'annotations', 'sealedsecrets.bitnami.com/namespace-wide'], 'true'),
    ...Object.keys(spec.encryptedData).map((key) => remove(['spec', 'encryptedData', key])),
    put(['spec', 'template', 'data'], { password: 'correct-horse-battery' }),
  ]),
  'secrets/sops-metadata': edits(/Secret/, ({ sops, metadata, stringData }) =>
    sops
      ? [
          remove(['sops']),
          remove(['sops', 'mac']),
          put(['sops', 'encrypted_regex'], '^(data)$'),
          put(['sops', 'age', 0, 'recipient'], `age1${'q'.repeat(58)}`),
          remove(['sops', 'age', 0]),
          put(['sops', 'age', 1], { recipient: `age1${'q'.repeat(58)}`, enc: sops.age[0].enc }),
          put(['metadata', 'name'], `${metadata.name}-old`),
          ...Object.keys(stringData).map((key) => remove(['stringData', key])),
        ]
      : [],
  ),
  'secrets/rules-of-sops': function* ({ files }) {
    const rules = files.get('.sops.yaml');
    if (!rules) return;
    const texts = {
      'encrypted_regex narrowed': rules.replace('(data|stringData)', '(data)'),
      'encrypted_regex dropped': rules.replace(/^ *encrypted_regex.*\n/m, ''),
      'path_regex leads elsewhere': rules.replace('security/secrets', 'security/secret'),
      'another recipient': rules.replace(/age1\w+/, `age1${'q'.repeat(58)}`),
    };
    for (const [what, text] of Object.entries(texts)) {
      yield { file: '.sops.yaml', what, changes: () => new Map([['.sops.yaml', text]]) };
    }
    yield { file: '.sops.yaml', what: 'deleted', changes: () => new Map([['.sops.yaml', null]]) };
  },
  'secrets/fetched': edits(/ExternalSecret/, ({ spec, metadata }) => [
    put(['spec', 'refreshPolicy'], 'CreatedOnce'),
    put(['spec', 'refreshInterval'], '0s'),
    put(['spec', 'target', 'deletionPolicy'], 'Delete'),
    put(['spec', 'target', 'creationPolicy'], 'None'),
    put(['spec', 'target', 'name'], `${metadata.name}-old`),
    put(['spec', 'secretStoreRef', 'name'], 'other'),
    put(['spec', 'secretStoreRef', 'kind'], 'ClusterSecretStore'),
    ...spec.data.flatMap((_: Any, index: number) => [
      remove(['spec', 'data', index]),
      put(['spec', 'data', index, 'secretKey'], 'other'),
    ]),
  ]),
  'secrets/store': edits(/SecretStore/, ({ metadata, spec }) => {
    const login = ['spec', 'provider', 'vault', 'auth', 'kubernetes', 'serviceAccountRef'];
    return [
      put(['metadata', 'name'], `${metadata.name}-old`),
      put(['spec', 'provider', 'vault', 'server'], spec.provider.vault.server.replace('https', 'http')),
      put([...login, 'name'], 'other'),
      put([...login, 'namespace'], 'default'),
    ];
  }),
  'secrets/store-token': edits(/Role/, ({ rules }) =>
    rules.flatMap((one: Any, index: number) =>
      one.resources.includes('serviceaccounts/token')
        ? [
            remove(['rules', index, 'resourceNames']),
            put(['rules', index, 'resourceNames'], ['other']),
            put(['rules', index, 'resourceNames', 1], 'other'),
            put(['rules', index, 'verbs'], ['get']),
          ]
        : [],
    ),
  ),
  'secrets/no-decryption': edits(/Kustomization/, ({ spec }) => [
    spec?.decryption && remove(['spec', 'decryption']),
  ]),
  'secrets/in-config-map': edits(/ConfigMap/, () => [
    ...Object.values(TOKENS).map((token) => put(['data', 'API_TOKEN'], token)),
    put(['data', 'tls.key'], KEY),
  ]),
  'secrets/in-environment': edits(WORKLOADS, (object) => {
    const at = [...podTemplate(object)!, 'spec', 'containers', 0, 'env'];
    const count = get(object, at)?.length ?? 0;
    return Object.values(TOKENS).map((value) => put([...at, count], { name: 'API_TOKEN', value }));
  }),
  'secrets/reference-to-value': edits(WORKLOADS, (object) =>
    itemsUnder(object, 'env')
      .filter(({ value }) => value.valueFrom?.secretKeyRef)
      .map(({ at, value }) => put(at, { name: value.name, value: TOKENS.random })),
  ),
  'secrets/in-arguments': edits(WORKLOADS, (object) => [
    put([...podTemplate(object)!, 'spec', 'containers', 0, 'args'], [`--token=${TOKENS.github}`]),
  ]),
  'secrets/in-annotation': edits(WORKLOADS, () => [
    put(['metadata', 'annotations', 'acme.example/token'], TOKENS.github),
  ]),
  'secrets/in-values': edits(/HelmRelease/, () => [
    put(['spec', 'values', 'apiToken'], TOKENS.github),
    put(['spec', 'values', 'tlsKey'], KEY),
  ]),
  'secrets/file': function* () {
    const files: Record<string, string> = {
      'key.txt': AGE,
      'bootstrap/tls.key': KEY,
      'apps/.env': `DATABASE_URL=${TOKENS.url}\n`,
      'scripts/deploy.sh': `#!/bin/sh\ncurl -H "Authorization: Bearer ${TOKENS.github}" https://api.github.com\n`,
      'docs/notes.md': `The token is ${TOKENS.github}.\n`,
      'security/secrets/kubeconfig.yaml': stringify(kubeconfig()),
    };
    for (const [file, text] of Object.entries(files)) {
      yield { file, what: `${file} added`, changes: () => new Map([[file, text]]) };
    }
  },
};

const kubeconfig = (): Any => ({
  apiVersion: 'v1',
  kind: 'Config',
  users: [{ name: 'admin', user: { 'client-key-data': Buffer.from(KEY).toString('base64') } }],
});
