import { expect, test } from 'vitest';
import type { Dict, KubeObject } from './cluster.ts';
import { podForTheEngine, sectionOf } from '../pages.ts';
import { POLICY_CASES } from './policy-cases.ts';
import { repository } from './repositories.ts';
import { suite } from './suite.ts';
import { gatekeeperVerdicts, idOf, kyvernoVerdicts, type Verdicts } from './verdicts.ts';

const IMAGE = `ghcr.io/acme/good@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Each engine that is an option of `policy`, and how it is asked. */
const ENGINES = [
  { name: 'kyverno', program: 'kyverno', ask: kyvernoVerdicts },
  { name: 'gatekeeper', program: 'gator', ask: gatekeeperVerdicts },
];

const blueprint = (policy: string, expires: string): Dict => ({
  name: 'verdicts',
  choices: { policy, mesh: 'istio' },
  inputs: { imageRegistries: ['docker.io/library'] },
  namespaces: [{ name: 'trial', stages: { policies: 'audit' } }],
  services: [
    { name: 'good', namespace: 'shop', image: IMAGE },
    { name: 'rooted', namespace: 'shop', image: IMAGE, root: { ...ROOT, expires } },
    { name: 'tried', namespace: 'trial', image: IMAGE, root: { ...ROOT, expires, capabilities: [] } },
  ],
});
const ROOT = { reason: 'its entrypoint changes owners', owner: 'team', capabilities: ['CHOWN'] };

const starting = (namespace: string, app: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `starts-as-root-${app}`, namespace, labels: { app, 'app.kubernetes.io/name': app } },
  spec: {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        securityContext: {
          runAsUser: 0,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['CHOWN'] },
        },
      },
    ],
  },
});

/** Pods that start as root: of the service that may, of another one, and in the namespaces beside it. */
const ROOTED = [
  starting('shop', 'rooted'),
  starting('shop', 'good'),
  starting('default', 'rooted'),
  starting('trial', 'tried'),
  starting('trial', 'rooted'),
  starting('kube-system', 'rooted'),
];
const BOTH = ['drop-all-capabilities', 'run-as-non-root'];
const BOTH_AUDITED = BOTH.map((one) => `${one}-audit`);

const said = (verdicts: Verdicts, objects: KubeObject[]) =>
  Object.fromEntries(objects.map((one) => [idOf(one), verdicts.get(idOf(one)) ?? []]));

suite(
  'one set of rules',
  ENGINES.map(({ program }) => program),
  () => {
    test.each(ENGINES)(
      '[policy-set] [kv-labels] $name gives every object of the corpus its verdict',
      ({ name, ask }) => {
        const objects = POLICY_CASES.map((one) => one.object);
        expect(new Set(objects.map(idOf)).size).toBe(objects.length);
        const found = said(ask(repository(name, blueprint(name, '2099-01-01')), objects), objects);
        const wanted = POLICY_CASES.map(({ object, breaks }) => [idOf(object), [...breaks].sort()]);
        expect(found).toEqual(Object.fromEntries(wanted));
      },
    );

    test.each(ENGINES)(
      '[compliance-map] [policy-set] $name refuses the pod of the admission check',
      ({ name, ask }) => {
        const one = repository(name, blueprint(name, '2099-01-01'));
        const pod = podForTheEngine(one.files.get('docs/compliance.md')!) as KubeObject;
        const inShop = { ...pod, metadata: { ...pod.metadata, namespace: 'shop' } };
        const broken = ask(one, [inShop]).get(idOf(inShop))!;
        expect(broken).toEqual(['allowed-registries', 'read-only-root', 'require-digest', 'require-labels']);
        const check = sectionOf(one.files.get('docs/compliance.md')!, '### Admission');
        for (const rule of broken) expect(check).toContain(rule);
      },
    );

    test.each(ENGINES)(
      '[gk-constraint] $name excepts a service until its day, and reports where it is told to',
      ({ name, ask }) => {
        const asked = (expires: string) =>
          said(ask(repository(name, blueprint(name, expires)), ROOTED), ROOTED);
        const always = {
          'Pod shop/starts-as-root-good': BOTH,
          'Pod default/starts-as-root-rooted': BOTH,
          'Pod trial/starts-as-root-rooted': BOTH_AUDITED,
          'Pod kube-system/starts-as-root-rooted': [],
        };
        expect(asked('2099-01-01')).toEqual({
          ...always,
          'Pod shop/starts-as-root-rooted': [],
          // Its exception says nothing of capabilities.
          'Pod trial/starts-as-root-tried': ['drop-all-capabilities-audit'],
        });
        expect(asked('2020-01-01')).toEqual({
          ...always,
          'Pod shop/starts-as-root-rooted': BOTH,
          'Pod trial/starts-as-root-tried': BOTH_AUDITED,
        });
      },
    );
  },
);
