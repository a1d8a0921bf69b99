import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Files } from '../src/types/files.ts';
import { anyBlueprint, anyText } from './arbitrary.ts';
import { HOSTILE, isSentence } from './hostile.ts';
import { INVARIANTS } from './invariants.ts';
import { documentsIn, ofKind, podTemplate, readRepository, type Any, type YamlVersion } from './objects.ts';
import { catalog, generate } from './support.ts';

/** Text of users may hold anything, so what is said of texts does not hold here. */
const { cleanTexts: _, ...INVARIANTS_OF_OBJECTS } = INVARIANTS;
const choices = fc.record(
  Object.fromEntries(
    catalog.slots
      .filter((slot) => !slot.decidedBy)
      .map((slot) => [slot.name, fc.constantFrom(...slot.components.map((one) => one.name))]),
  ),
);

it('any valid Blueprint renders a repository without dangling ends', () => {
  const isSound = (blueprint: object) => {
    const repository = readRepository(generate(blueprint));
    const problems = Object.values(INVARIANTS_OF_OBJECTS).flatMap((invariant) => invariant(repository));
    expect(problems).toEqual([]);
  };
  fc.assert(fc.property(anyBlueprint, isSound), { numRuns: 70 });
});

it('any valid Blueprint renders with any choices that are not refused', () => {
  const renders = (blueprint: object, chosen: Record<string, string>) => {
    const files = unlessRefused({ ...blueprint, choices: chosen });
    fc.pre(files !== undefined);
    for (const [file, text] of files) if (/\.ya?ml$/.test(file)) documentsIn(file, text);
  };
  fc.assert(fc.property(anyBlueprint, choices, renders), { numRuns: 70 });
});

describe.each(['1.1', '1.2'] as const)('text of users comes back unchanged from YAML %s', (version) => {
  it.each(HOSTILE)('%j', (value) => expectUnchanged(value, version));

  it('any text', () => {
    fc.assert(
      fc.property(anyText, (value) => expectUnchanged(value, version)),
      { numRuns: 150 },
    );
  });
});

it('text of users adds no field and no line to any file', () => {
  const plain = shapeOf(generate(withText('plain')).files);
  for (const value of HOSTILE)
    expect(shapeOf(generate(withText(value)).files), JSON.stringify(value)).toEqual(plain);
});

/** Of all hostile texts those that could end a scalar, a line or a comment. */
const BREAKING = HOSTILE.filter((text) => /["'\n\r{}[\]#|>:\u2028]/.test(text));
/** Numbers with a unit, which hold no text of anybody. */
const NUMBERS = ['rateLimit', 'maxRequestBody'];
const openInputs = catalog.inputs.filter(
  ({ name, type }) => ['text', 'list', 'file', 'url', 'expression'].includes(type) && !NUMBERS.includes(name),
);
const TOKENS = { jwtIssuer: 'https://a.example', jwtJwks: 'https://a.example/keys' };
const KEYLESS = { signedImages: ['ghcr.io/acme'], signingIssuer: 'https://a.example', signingSubject: '^a$' };
/** What surrounds the text where not every text is one, by input or type. */
const AROUND: Record<string, [string, string]> = {
  url: ['https://a.example/', ''],
  signedImages: ['ghcr.io/', ''],
  signingIssuer: ['https://a.example/', ''],
  signingSubject: ['^a', '$'],
  signingKey: ['-----BEGIN PUBLIC KEY-----\n', '\n-----END PUBLIC KEY-----'],
  jwtJwks: ['https://a.example/', ''],
  jwtOpenPaths: ['/', ''],
  storeAddress: ['https://vault.', '.svc:8200'],
  storeCertificate: ['-----BEGIN CERTIFICATE-----\n', '\n-----END CERTIFICATE-----\n'],
};
/** Options that some need. */
const CHOSEN_WITH: Record<string, object> = {
  'cloud-armor': { distribution: 'gke', dns: 'cloudflare' },
};
/** Inputs that are not given alone. */
const COMPANY: Record<string, object> = {
  signedImages: KEYLESS,
  signingIssuer: KEYLESS,
  signingSubject: KEYLESS,
  signingKey: { signedImages: ['ghcr.io/acme'] },
  jwtIssuer: TOKENS,
  jwtJwks: TOKENS,
  jwtAudiences: TOKENS,
  jwtOpenPaths: TOKENS,
};
it.each(openInputs)(
  'the input $name is refused, or adds no field and no line to any file',
  ({ name, type, of }) => {
    const choices = of ? { ...CHOSEN_WITH[of.component], [of.slot]: of.component } : {};
    // Without its address nothing of a store is rendered.
    const needs = catalog.slots.flatMap((slot) => slot.components).find((one) => one.name === of?.component)
      ?.refer?.needs;
    const others = needs ? { [needs]: AROUND[needs]!.join('vault') } : {};
    const shapeWith = (value: string) => {
      const [before, after] = AROUND[name] ?? AROUND[type] ?? ['', ''];
      const text = before + value + after;
      const company = COMPANY[name] && { ...COMPANY[name], wideEgress: true };
      const inputs = { ...others, ...company, [name]: type === 'list' ? [text] : text };
      const files = unlessRefused({ ...withText('plain'), choices, inputs });
      return files && shapeOf(files);
    };
    const plain = shapeWith('plain');
    expect(plain).toBeDefined();
    for (const value of BREAKING) expect(shapeWith(value) ?? plain, JSON.stringify(value)).toEqual(plain);
  },
);

/** The same text in each field that takes free text. */
function withText(value: string) {
  const reason = isSentence(value) ? value : 'plain words';
  return {
    name: 'any',
    configMaps: [{ name: 'settings', namespace: 'one', data: { key: value, 'other.key': value } }],
    services: [
      {
        name: 'app',
        namespace: 'one',
        image: 'ghcr.io/acme/app:1.0.0',
        port: 8080,
        command: ['run', value],
        args: [value, value],
        env: { TEXT: value },
        annotations: { 'acme.example/note': value },
        serviceAccount: { annotations: { 'acme.example/role': value } },
        probes: {
          readiness: { http: '/', headers: { 'X-Text': value } },
          liveness: { exec: ['check', value] },
        },
        initContainers: [{ name: 'init', image: 'busybox:1.37.0', command: [value], env: { INIT: value } }],
        root: { reason, owner: reason, expires: '2027-01-31' },
        patch: { metadata: { annotations: { patched: value } } },
        configMaps: [{ name: 'settings' }],
      },
    ],
  };
}

function expectUnchanged(value: string, version: YamlVersion): void {
  const { objects } = readRepository(generate(withText(value)), version);
  const deployment = ofKind(objects, 'Deployment').find((one) => one.metadata.name === 'app')!;
  const { metadata, spec } = podTemplate(deployment) as Any;
  const [main] = spec.containers;
  const [init] = spec.initContainers;
  const account = ofKind(objects, 'ServiceAccount').find((one) => one.metadata.name === 'app')!;
  const texts = {
    command: main.command[1],
    args: main.args,
    env: main.env.find((one: Any) => one.name === 'TEXT').value,
    annotation: metadata.annotations['acme.example/note'],
    account: account.metadata.annotations!['acme.example/role'],
    header: main.readinessProbe.httpGet.httpHeaders[0].value,
    exec: main.livenessProbe.exec.command[1],
    initCommand: init.command[0],
    initEnv: init.env[0].value,
    patched: deployment.metadata.annotations!['patched'],
    data: ofKind(objects, 'ConfigMap').find((one) => one.metadata.name === 'settings')!['data'],
  };
  const expected = Object.fromEntries(Object.keys(texts).map((field) => [field, value]));
  expect(texts).toEqual({ ...expected, args: [value, value], data: { key: value, 'other.key': value } });
}

/** Of YAML files the paths of their fields, of others the number of their lines. */
function shapeOf(files: Files): Record<string, unknown> {
  const paths = (value: Any, at: string): string[] => {
    if (value === null || typeof value !== 'object') return [`${at}: ${typeof value}`];
    return Object.entries(value).flatMap(([key, item]) => paths(item, `${at}.${key}`));
  };
  const shape = (file: string, text: string) =>
    /\.ya?ml$/.test(file) ? paths(documentsIn(file, text), '') : text.split('\n').length;
  return Object.fromEntries([...files].map(([file, text]) => [file, shape(file, text)]));
}

/** The rendered files, or nothing when the Blueprint is refused as usage. Any other error is a fault. */
function unlessRefused(wanted: object): Files | undefined {
  try {
    return generate(wanted).files;
  } catch (error) {
    if ((error as { exitCode?: number }).exitCode === 2) return undefined;
    throw error;
  }
}
