import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeBlueprint } from '../src/blueprint/blueprint.ts';
import { makePlan } from '../src/plan/plan.ts';
import { render } from '../src/render/render.ts';
import { RULE_AREAS } from '../src/verify/rules/all.ts';
import type { Catalog } from '../src/types/catalog.ts';
import { readRepository, type Any } from './objects.ts';
import { catalog, generate } from './support.ts';

const SIGNED = parse(readFileSync('test/scenarios/signed/blueprint.yaml', 'utf8')) as Any;
const signed = generate(SIGNED);
const WORKFLOW = '.github/workflows/security.yaml';
const POLICY = 'security/kyverno/image-signatures.yaml';

/** A catalog without a component that reads signatures. */
const withoutReader: Catalog = {
  ...catalog,
  slots: catalog.slots.map((slot) => ({
    ...slot,
    components: slot.components.map((one) => ({
      ...one,
      enforces: one.enforces.filter(({ capability }) => capability !== 'image-signatures'),
      flows: one.flows.filter((flow) => flow.to !== 'signature-sources'),
    })),
  })),
};

test('[kv-signature] an identity is asked for by issuer and by an expression over the whole subject', () => {
  const { spec } = parse(signed.files.get(POLICY)!) as Any;
  expect(spec.validationActions).toEqual(['Deny']);
  expect(spec.attestors[0].cosign.keyless.identities).toEqual([
    { issuer: SIGNED.inputs.signingIssuer, subjectRegExp: SIGNED.inputs.signingSubject },
  ]);
  const audited = parse(signed.files.get(POLICY.replace('.yaml', '-audit.yaml'))!) as Any;
  expect(audited.spec.validationActions).toEqual(['Audit']);
});

test('[kv-signature] nobody is named: no policy, no gap, and the map says so', () => {
  const { files, plan } = generate({ name: 'x' });
  expect([...files.keys()].filter((path) => path.includes('signatures'))).toEqual([]);
  expect(plan.gaps.map(({ id }) => id)).not.toContain('image-signatures');
  expect(plan.flows.filter(({ to }) => to.host)).toEqual([]);
  expect(files.get('docs/compliance.md')).toMatch(
    /\| Images signed by a known identity .*\*\*not asked for\*\*/,
  );
});

test('[kv-signature] asked for, and no engine can: a gap, and the pipeline verifies', () => {
  const plan = makePlan(
    makeBlueprint({ ...SIGNED, inputs: { ...SIGNED.inputs, wideEgress: false } }, withoutReader),
    withoutReader,
    new Set(),
  );
  expect(plan.gaps.find(({ id }) => id === 'image-signatures')?.items).toEqual(['ghcr.io/acme']);
  const files = render(plan, RULE_AREAS);
  expect(files.get('docs/compliance.md')).toMatch(/\| Images signed by a known identity .*\*\*not met\*\*/);
  expect(parse(files.get(WORKFLOW)!).jobs.signatures.strategy.matrix.image).toHaveLength(2);
});

test('[kv-signature] the pipeline verifies the same images by the same identity', () => {
  const { jobs } = parse(signed.files.get(WORKFLOW)!) as Any;
  const step = jobs.signatures.steps.at(-1);
  expect(step.env).toMatchObject({
    ISSUER: SIGNED.inputs.signingIssuer,
    SUBJECT: SIGNED.inputs.signingSubject,
  });
  expect(jobs.signatures.strategy.matrix.image).toEqual(
    signed.plan.images.filter((image) => image.startsWith('ghcr.io/acme/')),
  );
  expect(jobs.gate.needs).toContain('signatures');
});

test.each([
  ['docker.io/acme', 'acme/api:1', true],
  ['docker.io/acme', 'docker.io/acme/team/api:1', true],
  ['docker.io/acme', 'acmecorp/api:1', false],
  ['ghcr.io/acme/api', 'ghcr.io/acme/api:1', true],
  ['ghcr.io/acme/api', 'ghcr.io/acme/api-server:1', false],
  ['ghcr.io/acme', 'docker.io/library/nginx:1', false],
])('images below %s: %s %s', (prefix, image, isMeant) => {
  const services = [{ name: 'api', image, port: 80 }];
  const { plan } = generate({
    name: 'x',
    inputs: { ...SIGNED.inputs, ageRecipients: undefined, signedImages: [prefix] },
    services,
  });
  expect(plan.signatures!.images).toEqual(isMeant ? [image] : []);
  const globs = plan.signatures!.globs.map(
    (glob) => new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
  );
  expect(globs.some((glob) => glob.test(image))).toBe(isMeant);
});

test('[trivy-ci] each image is scanned by a pinned program with the least token, and a finding ends the job', () => {
  const { permissions, jobs } = parse(signed.files.get(WORKFLOW)!) as Any;
  expect(permissions).toEqual({ contents: 'read' });
  expect(Object.values<Any>(jobs).filter((job) => job.permissions)).toEqual([]);
  expect(jobs.images.strategy.matrix.image).toEqual(signed.plan.images);
  const scan = jobs.images.steps.at(-1);
  expect(scan.with.args).toMatch(/--severity HIGH,CRITICAL --exit-code 1/);
  expect(jobs.gate.needs).toEqual(expect.arrayContaining(['images', 'configuration']));
  const used = Object.values<Any>(jobs).flatMap((job) => job.steps.flatMap((step: Any) => step.uses ?? []));
  const pinned = /^(docker:\/\/\S+@sha256:[0-9a-f]{64}|[\w-]+\/[\w-]+@[0-9a-f]{40})$/;
  expect(used.filter((one: string) => !pinned.test(one))).toEqual([]);
});

test('[trivy-cli] the same scans by hand, with the program of the pipeline by digest', () => {
  const page = signed.files.get('docs/images-and-sources.md')!;
  const [, image] = /^TRIVY=(\S+)$/m.exec(page)!;
  expect(image).toMatch(/:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
  // Tags of these versions held malicious code: GHSA-69fq-xp46-6x23.
  expect(image).not.toMatch(/:0\.69\.[456]@/);
  expect(signed.files.get(WORKFLOW)).toContain(image);
  for (const one of signed.plan.images) expect(page).toContain(`--ignorefile .trivyignore.yaml ${one}`);
});

test('[source-signatures] charts whose makers sign them are verified by an anchored identity', () => {
  const { objects } = readRepository(signed);
  const verified = objects.filter((one) => one.kind === 'OCIRepository' && one.spec.verify);
  expect(verified.map((one) => one.metadata.name)).toEqual(
    signed.plan.releases.filter((one) => one.verify).map((one) => one.name),
  );
  expect(verified.length).toBeGreaterThan(0);
});
