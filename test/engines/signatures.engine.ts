import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parseDocument } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import type { Dict } from './cluster.ts';
import { engine } from './find.mjs';
import { startRegistry } from './image-registry.ts';
import { blueprints, repository, scenario } from './repositories.ts';
import { folder, suite } from './suite.ts';

const POLICY = 'security/kyverno/image-signatures.yaml';

const pod = (name: string, images: string[], init: string[] = []) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec:
  containers: ${JSON.stringify(images.map((image, index) => ({ name: `main-${index}`, image })))}
  initContainers: ${JSON.stringify(init.map((image, index) => ({ name: `init-${index}`, image })))}
`;

/** Without blocking, since the registry answers from this process. */
async function apply(policy: string, resource: string): Promise<string> {
  const dir = folder([
    ['policy.yaml', policy],
    ['pod.yaml', resource],
  ]);
  const args = ['apply', join(dir, 'policy.yaml'), '--resource', join(dir, 'pod.yaml'), '--registry'];
  const done = await promisify(execFile)(engine('kyverno')!, [...args, '--remove-color']).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return done.stdout + done.stderr;
}

const counts = (said: string) =>
  /pass: \d+, fail: \d+, warn: \d+, error: \d+, skip: \d+/.exec(said)?.[0] ?? said;
const PASSES = 'pass: 1, fail: 0, warn: 0, error: 0, skip: 0';
const FAILS = 'pass: 0, fail: 1, warn: 0, error: 0, skip: 0';

suite('image signatures', ['kyverno'], () => {
  test('[kv-signature] a signed image is admitted, an unsigned one and one of another signer are refused', async () => {
    const registry = await startRegistry('acme/shop');
    onTestFinished(registry.close);
    const image = (digest: string) => `${registry.host}/acme/shop@${digest}`;
    const { files } = signedWith(registry.publicKey);
    const policy = onRegistry(files, registry.host);

    expect(counts(await apply(policy, pod('signed', [image(registry.signed)])))).toBe(PASSES);
    expect(counts(await apply(policy, pod('foreign', ['docker.io/library/nginx:1'])))).toBe(PASSES);
    expect(counts(await apply(policy, pod('unsigned', [image(registry.unsigned)])))).toBe(FAILS);
    const init = pod('init', [image(registry.signed)], [image(registry.unsigned)]);
    const said = await apply(policy, init);
    expect(counts(said)).toBe(FAILS);
    expect(said).toContain('Not signed by the identity of zero-trust.yaml');

    const { publicKey, close } = await startRegistry('acme/shop');
    close();
    const other = onRegistry(signedWith(publicKey).files, registry.host);
    expect(counts(await apply(other, pod('signed', [image(registry.signed)])))).toBe(FAILS);
  });

  test('[kv-signature] the policy on an identity compiles, and looks at no other image', async () => {
    const { files } = scenario('signed');
    for (const path of [POLICY, POLICY.replace('.yaml', '-audit.yaml')]) {
      const text = files.get(path)!.replace('operator: In\n', 'operator: NotIn\n');
      expect(counts(await apply(text, pod('foreign', ['docker.io/library/nginx:1'])))).toBe(PASSES);
    }
    const broken = files.get(POLICY)!.replace('verifyImageSignatures', 'imageverify.verify');
    expect(counts(await apply(broken, pod('foreign', ['docker.io/library/nginx:1'])))).not.toBe(PASSES);
  });
});

/** The scenario with a key in the place of its identity. */
function signedWith(key: string) {
  const blueprint = blueprints().get('signed')!;
  const { signingIssuer, signingSubject, ...inputs } = blueprint['inputs'] as Dict;
  expect([signingIssuer, signingSubject]).not.toContain(undefined);
  return repository('signed by key', { ...blueprint, inputs: { ...inputs, signingKey: key } });
}

/** The rendered policy, on the registry of the test, whose signature stands in no log. */
function onRegistry(files: Files, host: string): string {
  const document = parseDocument(files.get(POLICY)!.replaceAll('ghcr.io', host));
  document.setIn(['spec', 'attestors', 0, 'cosign', 'ctlog'], { insecureIgnoreTlog: true });
  return document.toString();
}
