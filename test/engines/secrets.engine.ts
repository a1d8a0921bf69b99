import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { generateKeys } from '../../src/seal/keys.ts';
import { seal } from '../../src/seal/seal.ts';
import { catalog, generate } from '../support.ts';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { engine } from './find.mjs';
import { before, families, layers } from './layers.ts';
import { must, run } from './process.ts';
import { blueprints, documents, type Repository } from './repositories.ts';
import { folder, suite } from './suite.ts';

const VALUE = 'value-that-nobody-may-see';

interface Sealed extends Repository {
  /** The sealed files alone. */
  secrets: KubeObject[];
  key: string;
  /** What decrypts gives back. */
  dir: string;
}

/** The default repository with every Secret sealed by the real program, with keys made for the test. */
async function sealed(backend: string): Promise<Sealed> {
  const blueprint = { ...blueprints().get('default'), choices: { secrets: backend } };
  const { plan } = generate(blueprint);
  const component = catalog.slots
    .find(({ name }) => name === 'secrets')!
    .components.find(({ name }) => name === backend)!;
  const { seal: declared } = component;
  const { generateKeys: keys } = declared!;
  const spec = {
    ...declared!,
    program: engine(declared!.program)!,
    generateKeys: { ...keys, program: engine(keys.program)! },
  };
  const { publicHalf, privateFile } = await generateKeys(join(folder([]), 'keys'), spec, {
    repository: '/nowhere',
  });
  const ids = plan.secrets.map(({ namespace, name }) => `${namespace}/${name}`);
  const { plan: whole, files } = generate(
    { ...blueprint, inputs: { [spec.key]: spec.key === 'ageRecipients' ? [publicHalf] : publicHalf } },
    ids,
  );
  for (const secret of whole.secrets) {
    const values = new Map(secret.keys.map((key) => [key, VALUE]));
    files.set(secret.path, await seal(secret, values, spec, { [spec.key]: publicHalf }));
  }
  const paths = new Set(whole.secrets.map(({ path }) => path));
  const secrets = documents(files, (path) => paths.has(path)).map(({ object }) => object);
  expect(secrets.length).toBeGreaterThan(0);
  return { name: backend, plan: whole, files, secrets, key: privateFile, dir: folder(files) };
}

/** The layer of secrets builds, comes after what its kinds need, and nothing that scans for secrets objects. */
function expectLayer(repository: Sealed): void {
  const all = layers(repository);
  const layer = all.find(({ name }) => name === 'secrets')!;
  expect(layer.objects.map(({ metadata }) => metadata.name).sort()).toEqual(
    repository.secrets.map(({ metadata }) => metadata.name).sort(),
  );
  const brought = before(layer, all).flatMap(({ brings }) => brings);
  const needed = repository.secrets.flatMap(
    ({ apiVersion, kind }) => families().get(`${apiVersion.split('/')[0]}/${kind}`) ?? [],
  );
  expect(brought).toEqual(expect.arrayContaining(needed));
  const { status, all: said } = run('gitleaks', [
    'dir',
    repository.dir,
    '--no-banner',
    '--redact',
    '--verbose',
  ]);
  expect(status, said).toBe(0);
  expect([...repository.files.values()].join('\n')).not.toContain(VALUE);
}

suite('sealed secrets', ['kubeseal', 'openssl', 'kustomize', 'gitleaks', 'upstream', 'api-server'], () => {
  test('[ss-create] [ss-apply] are accepted, open with the key under their own name alone, and come after their kind', async () => {
    const repository = await sealed('sealed-secrets');
    const cluster = new Cluster(inject('kubeconfig'));
    const namespaces = new Set(repository.secrets.map(({ metadata }) => metadata.namespace));
    cluster.applyAll(
      [...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
    const { status, all } = cluster.dryRun(repository.secrets);
    expect(status, all).toBe(0);
    const unseal = (object: object) =>
      run('kubeseal', ['--recovery-unseal', '--recovery-private-key', repository.key, '--format', 'yaml'], {
        input: stringify(object),
      });
    for (const secret of repository.secrets) {
      const opened = parse(unseal(secret).stdout) as { data: Record<string, string> };
      expect(Object.values(opened.data).map((value) => Buffer.from(value, 'base64').toString())).toContain(
        VALUE,
      );
      for (const moved of [{ name: 'other' }, { namespace: 'other' }]) {
        expect(unseal({ ...secret, metadata: { ...secret.metadata, ...moved } }).status).not.toBe(0);
      }
    }
    expectLayer(repository);
  });
});

suite('SOPS files', ['sops', 'age-keygen', 'kustomize', 'gitleaks', 'upstream', 'api-server'], () => {
  test('[sops-encrypt] [sops-flux] are laid out as Flux decrypts them, and what comes out is accepted', async () => {
    const repository = await sealed('sops');
    const env = { ...process.env, SOPS_AGE_KEY_FILE: repository.key };
    const plain = repository.plan.secrets.map((secret) => {
      const file = join(repository.dir, secret.path);
      const { data, stringData, sops, ...clear } = parse(readFileSync(file, 'utf8')) as Dict & { sops: Dict };
      expect(clear).toEqual({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret.name, namespace: secret.namespace },
        type: 'Opaque',
      });
      for (const value of Object.values({ ...(data as Dict), ...(stringData as Dict) }))
        expect(value).toMatch(/^ENC\[AES256_GCM,/);
      expect(sops.encrypted_regex).toBe('^(data|stringData)$');
      expect(must('sops', ['filestatus', file])).toContain('"encrypted":true');
      return must('sops', ['decrypt', file], { env });
    });
    const cluster = new Cluster(inject('kubeconfig'));
    const namespaces = new Set(repository.plan.secrets.map(({ namespace }) => namespace));
    cluster.applyAll(
      [...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
    const { status, all } = cluster.dryRun(plain);
    expect(status, all.replaceAll(VALUE, '***')).toBe(0);
    expect(plain.every((text) => text.includes(VALUE))).toBe(true);
    expectLayer(repository);

    const [entry] = documents(
      repository.files,
      (path) => path === `clusters/${repository.plan.name}/secrets.yaml`,
    );
    expect(entry!.object.spec).toMatchObject({
      decryption: { provider: 'sops', secretRef: { name: 'sops-age' } },
    });
  });

  test('[sops-key] are made alike by somebody who uses sops with the rendered .sops.yaml', async () => {
    const repository = await sealed('sops');
    const path = join(repository.dir, 'security/secrets/shop/new.secret.yaml');
    const secret = stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'new', namespace: 'shop' },
      stringData: { a: VALUE },
    });
    const made = must(
      'sops',
      ['encrypt', `--filename-override=${path}`, '--input-type=yaml', '--output-type=yaml'],
      { input: secret, cwd: repository.dir },
    );
    expect(parse(made)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'new', namespace: 'shop' },
      sops: { encrypted_regex: '^(data|stringData)$' },
    });
    expect(made).not.toContain(VALUE);
  });
});
