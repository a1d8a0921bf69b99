import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Hit, Rule } from '../../src/verify/model.ts';
import { readModel } from '../../src/verify/read.ts';
import { SECRETS_RULES } from '../../src/verify/rules/secrets/index.ts';
import { credentialsIn, privateKeysIn } from '../../src/verify/secrets/formats.ts';
import { entropy, isSecret } from '../../src/verify/secrets/named.ts';
import type { Files } from '../../src/types/files.ts';
import { edited, put, remove, type Edit } from '../mutation/mutant.ts';
import { repositoryOf, scenario } from '../mutation/repository.ts';
import { catalog, generate } from '../support.ts';

/** As kubeseal writes it: the length of the RSA part, that part, and the AES part with its tag. */
const CIPHERTEXT = Buffer.concat([Buffer.from([2, 0]), Buffer.alloc(512 + 16 + 8, 0x5a)]).toString('base64');
const SEALED = 'security/secrets/shop/app-credentials.secret.yaml';
const SOPS = 'security/secrets/ledger/database-root.secret.yaml';

const REPOSITORIES = {
  default: withSealed(scenario('default').files),
  'other-options': scenario('other-options').files,
};
type Name = keyof typeof REPOSITORIES;

/** Ciphertext of the right length in every SealedSecret. */
function withSealed(files: Files): Files {
  return new Map(
    [...files].map(([file, text]) => [
      file,
      text.includes('kind: SealedSecret') ? text.replaceAll(/Ag[\w+/=]{100,}/g, CIPHERTEXT) : text,
    ]),
  );
}

const rule = (id: string): Rule => SECRETS_RULES.find((one) => one.id === `secrets/${id}`)!;
const hits = (id: string, files: Files): Hit[] => [...rule(id).check(readModel(files, catalog))];
const messages = (id: string, files: Files) => hits(id, files).map((one) => one.message);

function broken(name: Name, file: string, edit: Edit): Files {
  const files = new Map(REPOSITORIES[name]);
  expect(files.get(file), file).toBeDefined();
  files.set(file, edited(files.get(file)!, 0, edit));
  expect(files.get(file)).not.toBe(edited(REPOSITORIES[name].get(file)!, 0, { at: ['no-such-field'] }));
  return files;
}

/** The repository with one more file; one in `apps/` is in the layer of the services. */
function withFile(file: string, text: string, name: Name = 'default'): Files {
  const list = REPOSITORIES[name].get('apps/kustomization.yaml')!;
  const entry = file.startsWith('apps/') ? `  - ${file.slice(5)}\n` : '';
  return new Map([...REPOSITORIES[name], [file, text], ['apps/kustomization.yaml', list + entry]]);
}

const object = (kind: string, rest: object) =>
  stringify({ apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'shop' }, ...rest });
const API = 'apps/api-service/deployment.yaml';
const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];
const ENCRYPTED = ['spec', 'encryptedData', 'api-key'];
const TEMPLATE = ['spec', 'template', 'metadata'];
const RULES = ['creation_rules', 0];
// Put together here, so that no scanner takes this file for a leak.
const AWS = `AKIA${'ABCDEFGHIJKLMNOP'}`;
const GITHUB = `ghp_${'a1B2'.repeat(9)}`;
const PEM = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B'}\n`;

/** Rule, repository, file, what is broken, and what is said. */
/** Their cases are in store-rules.test.ts. */
const STORE_RULES = ['store', 'store-scope', 'store-token', 'fetched'];
const CASES: [string, Name, string, Edit, RegExp][] = [
  [
    'credential',
    'default',
    API,
    put([...CONTAINER, 'env', 0], { name: 'DB_PASSWORD', value: 'hunter2' }),
    /Deployment shop\/api-service: DB_PASSWORD is given in plain text/,
  ],
  [
    'credential',
    'default',
    API,
    put([...CONTAINER, 'args'], ['--api-token=Zm9vYmFyMTIzNDU2']),
    /api-token is given/,
  ],
  [
    'credential',
    'default',
    API,
    put([...CONTAINER, 'args'], ['--password', 'hunter2']),
    /--password is given/,
  ],
  [
    'credential',
    'default',
    API,
    put(['metadata', 'annotations'], { 'example.com/token': GITHUB }),
    /holds a GitHub token/,
  ],
  [
    'credential',
    'default',
    'infrastructure/controllers/cert-manager/cert-manager.yaml',
    put(['spec', 'url'], 'https://me:hunter2@charts.example'),
    /holds a URL with a password/,
  ],
  [
    'sealed',
    'default',
    SEALED,
    put(ENCRYPTED, 'AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq'),
    /api-key is no ciphertext of kubeseal/,
  ],
  ['sealed', 'default', SEALED, put(ENCRYPTED, 'hunter2'), /is no ciphertext/],
  ['sealed', 'default', SEALED, put(['spec', 'encryptedData'], {}), /holds no value/],
  [
    'sealed',
    'default',
    SEALED,
    put(['metadata', 'name'], 'renamed'),
    /name of the template is app-credentials/,
  ],
  ['sealed', 'default', SEALED, put([...TEMPLATE, 'namespace'], 'web'), /namespace of the template is web/],
  [
    'sealed',
    'default',
    SEALED,
    put(['metadata', 'annotations'], { 'sealedsecrets.bitnami.com/cluster-wide': 'true' }),
    /on one of SealedSecret and template only/,
  ],
  ['sealed', 'default', SEALED, put(['spec', 'data'], 'AgB'), /deprecated/],
  ['keys', 'default', SEALED, remove(ENCRYPTED), /lacks api-key/],
  [
    'orphan',
    'default',
    SEALED,
    put(['metadata', 'name'], 'renamed'),
    /SealedSecret shop\/renamed: nobody declares or reads it/,
  ],
  [
    'sops',
    'other-options',
    SOPS,
    put(['stringData', 'password'], 'hunter2'),
    /stringData.password is not encrypted/,
  ],
  ['sops', 'other-options', SOPS, put(['stringData', 'extra'], 'x'), /stringData.extra is not encrypted/],
  [
    'sops',
    'other-options',
    SOPS,
    put(['sops', 'age', 0, 'recipient'], 'age1other'),
    /is also encrypted for age age1other, who is not in .sops.yaml/,
  ],
  [
    'sops',
    'other-options',
    '.sops.yaml',
    put([...RULES, 'age', 1], 'age1new'),
    /is not encrypted for age age1new/,
  ],
  ['sops', 'other-options', SOPS, put(['sops', 'encrypted_regex'], '^data$'), /encrypted_regex is \^data\$/],
  ['sops', 'other-options', SOPS, remove(['sops', 'mac']), /has no MAC/],
  [
    'sops',
    'other-options',
    SOPS,
    put(['metadata', 'name'], 'ENC[AES256_GCM,data:eA==,type:str]'),
    /must not be encrypted/,
  ],
  [
    'sops',
    'other-options',
    '.sops.yaml',
    put([...RULES, 'path_regex'], '^elsewhere/'),
    /no rule of .sops.yaml is for/,
  ],
  [
    'sops-config',
    'other-options',
    '.sops.yaml',
    put([...RULES, 'path_regex'], '^elsewhere/'),
    /no rule is for security\/secrets/,
  ],
  [
    'sops-config',
    'other-options',
    '.sops.yaml',
    put([...RULES, 'age', 1], 'age1stranger'),
    /encrypts for age1stranger, who is not in zero-trust.yaml/,
  ],
  ['sops-config', 'other-options', '.sops.yaml', put([...RULES, 'age'], []), /does not encrypt for age1rqn/],
  [
    'sops-config',
    'other-options',
    '.sops.yaml',
    put([...RULES, 'encrypted_regex'], '^(data)$'),
    /must match data and stringData/,
  ],
  [
    'sops-config',
    'other-options',
    '.sops.yaml',
    remove([...RULES, 'encrypted_regex']),
    /neither kind nor metadata/,
  ],
  [
    'decryption',
    'other-options',
    'clusters/other-options/secrets.yaml',
    remove(['spec', 'decryption']),
    /without decrypting it/,
  ],
  [
    'decryption',
    'other-options',
    'clusters/other-options/secrets.yaml',
    put(['spec', 'decryption', 'secretRef', 'name'], 'x'),
    /decrypts with x, which is sops-age/,
  ],
];

describe('a broken repository', () => {
  it.each(CASES)('%s, %s, %s', (id, name, file, edit, said) => {
    expect(messages(id, broken(name, file, edit)).join('\n')).toMatch(said);
  });

  it.each([
    ['apps/x.yaml', { data: { key: 'aHVudGVyMg==' } }, 'data.key is plain text'],
    ['apps/x.yaml', { stringData: { key: 'hunter2' } }, 'stringData.key is plain text'],
    ['notes/x.yaml', { stringData: { key: 'hunter2' } }, 'stringData.key is plain text'],
    ['notes/x.yaml.bak', { data: { key: 'aHVudGVyMg==' } }, 'data.key is plain text'],
  ])('plaintext: a Secret in %s, applied or not', (file, rest, said) => {
    const found = hits('plaintext', withFile(file, object('Secret', rest)));
    expect(found).toEqual([expect.objectContaining({ file, message: `Secret shop/x: ${said}` })]);
  });

  it('plaintext: a list, and a generator', () => {
    const list = stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { a: 'b' } }],
    });
    expect(hits('plaintext', withFile('apps/x.yaml', list))).toHaveLength(1);
    const files = new Map(REPOSITORIES.default);
    const kustomization = files.get('apps/kustomization.yaml')!;
    files.set(
      'apps/kustomization.yaml',
      `${kustomization}secretGenerator:\n  - name: made\n    literals: [a=b]\n`,
    );
    expect(messages('plaintext', files).join()).toContain('secretGenerator makes made from plain text');
  });

  it.each([
    ['ConfigMap', { data: { DB_PASSWORD: 'hunter2' } }, 'DB_PASSWORD'],
    ['ConfigMap', { data: { 'app.properties': 'user=me\ndb.password=hunter2\n' } }, 'db.password'],
    ['ConfigMap', { data: { 'config.json': '{\n  "clientSecret": "Zm9vYmFyMTIz"\n}\n' } }, 'clientSecret'],
  ])('credential: in a file of a %s', (kind, rest, name) => {
    expect(messages('credential', withFile('apps/x.yaml', object(kind, rest)))).toEqual([
      `${kind} shop/x: ${name} is given in plain text`,
    ]);
  });

  it('credential: in any text, by line and column, and its value is not said', () => {
    const found = hits('credential', withFile('scripts/deploy.sh', `#!/bin/sh\nexport KEY=${AWS}\n`));
    expect(found).toEqual([
      {
        file: 'scripts/deploy.sh',
        position: { line: 2, column: 12 },
        message: 'scripts/deploy.sh: holds an AWS access key',
      },
    ]);
    expect(JSON.stringify(found)).not.toContain(AWS);
  });

  it('private-key: anywhere, also in base64', () => {
    const age = `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}\n`;
    const encoded = Buffer.from(PEM('RSA ').repeat(2)).toString('base64');
    for (const [text, said] of [
      [PEM('EC '), 'a private key'],
      [age, 'an age identity'],
      [`key: ${encoded}\n`, 'in base64'],
    ] as const)
      expect(messages('private-key', withFile('notes/key.txt', text)).join()).toContain(said);
  });

  it('pending: a note with the command that gives the value', () => {
    const { files } = repositoryOf('pending', { name: 'pending' });
    for (const file of [...files.keys()].filter((one) => one.endsWith('.secret.yaml'))) files.delete(file);
    const found = hits('pending', files);
    expect(found.map((one) => one.object)).toEqual([
      'Secret falco/falco-alerts',
      'Secret shop/app-credentials',
    ]);
    expect(found[1]).toMatchObject({
      file: 'zero-trust.yaml',
      fix: expect.stringContaining('seal . --secret shop/app-credentials/api-key='),
    });
    expect(rule('pending').severity).toBe('note');
  });

  it('has a case for every rule', () => {
    const tried = new Set([
      ...CASES.map(([id]) => id),
      'plaintext',
      'private-key',
      'pending',
      ...STORE_RULES,
    ]);
    expect(SECRETS_RULES.map((one) => one.id.slice(8)).filter((id) => !tried.has(id))).toEqual([]);
  });
});

describe('what is fine', () => {
  it.each(Object.entries(REPOSITORIES))('%s', (_, files) => {
    const model = readModel(files, catalog);
    expect(SECRETS_RULES.flatMap((one) => [...one.check(model)].map((hit) => [one.id, hit.message]))).toEqual(
      [],
    );
  });

  it('a Secret without values, which a controller fills', () => {
    const text = object('Secret', { data: {}, stringData: { key: '' } });
    expect(messages('plaintext', withFile('apps/x.yaml', text))).toEqual([]);
  });

  it('documentation says how an address is written', () => {
    const files = withFile('docs/x.md', 'Write `postgres://user:password@host/db`.\n');
    expect(messages('credential', files)).toEqual([]);
  });

  it('a larger or smaller RSA key of the controller', () => {
    for (const size of [256, 384, 512]) {
      const head = Buffer.alloc(2);
      head.writeUInt16BE(size);
      const text = Buffer.concat([head, Buffer.alloc(size + 20, 1)]).toString('base64');
      expect(messages('sealed', broken('default', SEALED, put(ENCRYPTED, text)))).toEqual([]);
    }
  });

  it('a plan without secrets needs no .sops.yaml to be right', () => {
    const { plan } = generate({
      name: 'x',
      services: [],
      choices: { secrets: 'sealed-secrets', runtime: 'none' },
    });
    expect(plan.secrets).toEqual([]);
  });
});

describe('formats', () => {
  it.each([
    [AWS, 'an AWS access key'],
    [GITHUB, 'a GitHub token'],
    [`github_pat_${'a'.repeat(22)}_${'b'.repeat(59)}`, 'a GitHub token'],
    [`glpat-${'a1'.repeat(10)}`, 'a GitLab token'],
    [`xoxb-${'1'.repeat(12)}`, 'a Slack token'],
    [`AIza${'a'.repeat(35)}`, 'a Google API key'],
    [`sk_live_${'a1'.repeat(12)}`, 'a Stripe key'],
    [`eyJ${'a'.repeat(12)}.eyJ${'b'.repeat(12)}.${'c'.repeat(20)}`, 'a JSON Web Token'],
    [`hvs.${'a'.repeat(24)}`, 'a Vault token'],
    ['postgres://shop:hunter2@db:5432/shop', 'a URL with a password'],
    ['redis://:hunter2@cache', 'a URL with a password'],
  ])('%s', (text, what) => {
    expect(credentialsIn(`a: ${text}\n`)).toEqual([{ what, index: 3 }]);
  });

  it.each([
    'AKIAIOSFODNN7EXAMPLE',
    'https://example.com:8080/path@2x',
    'ssh://git@github.com/a/b',
    'postgres://$USER:$PASSWORD@db',
    'postgres://user:{{ .password }}@db',
    'docker.io/a/b:1@sha256:0123456789abcdef',
  ])('%s is no credential', (text) => {
    expect(credentialsIn(text)).toEqual([]);
  });

  it('a public key, a certificate and a name are no private key', () => {
    const text =
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN PUBLIC KEY-----\nMIIB\nage1rqn5d3 AGE-SECRET-KEY-1… -----BEGIN PRIVATE KEY-----';
    expect(privateKeysIn(text)).toEqual([]);
  });

  it.each([
    ['DB_PASSWORD', 'a', true],
    ['dbPassword', 'hunter2', true],
    ['passphrase', 'correct horse', true],
    ['API_KEY', 'Zm9vYmFyMTIz', true],
    ['apiKey', '0123456789abcdef0123456789abcdef', true],
    ['token', 'kX9dE2pQ7aLm', true],
    ['DB_PASSWORD', '$(FROM_ELSEWHERE)', false],
    ['DB_PASSWORD', '', false],
    ['PASSWORD_FILE', '/run/secrets/x', false],
    ['password', '/run/secrets/x', false],
    ['TOKEN_TTL', '3600', false],
    ['token', '3600', false],
    ['automountServiceAccountToken', 'false', false],
    ['existingSecret', 'falco-alerts', false],
    ['secret', 'api.example.com-tls', false],
    ['key', 'Zm9vYmFyMTIz', false],
    ['tokenUrl', 'https://login.example.com', false],
  ])('%s: %s', (name, value, secret) => {
    expect(isSecret(name, value)).toBe(secret);
  });

  it('entropy is in bits per character', () => {
    expect(entropy('aaaa')).toBeCloseTo(0);
    expect(entropy('abcdabcd')).toBeCloseTo(2);
  });
});
