import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { run } from './process.ts';
import { pods, releases, template } from './releases.ts';
import { coveringArray, documents, scenario, scenarios, type Repository } from './repositories.ts';
import { folder, suite } from './suite.ts';
import { gatekeeperVerdicts, idOf } from './verdicts.ts';

interface Webhook {
  failurePolicy: string;
  rules: { apiGroups: string[]; resources: string[] }[];
  matchConditions: object[];
  namespaceSelector: { matchExpressions: { operator: string; values?: string[] }[] };
}

const FOLDER = 'security/opa-gatekeeper';
const isOurs = ({ plan }: Repository) => plan.choices.policy === 'gatekeeper';
const gatorVerify = (dir: string) => run('gator', ['verify', `./${FOLDER}/tests/...`], { cwd: dir });

suite('the webhook', ['helm', 'upstream'], () => {
  test('[gk-constraint] fails closed, is asked about debug containers, and leaves the platform alone', () => {
    const found = scenario('gatekeeper');
    const [release] = releases(found).filter(({ name }) => name === 'gatekeeper');
    const objects = template(release!, found.plan);
    const config = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration')!;
    const webhooks = config.webhooks as Webhook[];
    expect(webhooks.map(({ failurePolicy }) => failurePolicy)).toEqual(['Fail', 'Fail']);
    const { rules, matchConditions, namespaceSelector } = webhooks[0]!;
    expect(rules.flatMap(({ resources }) => resources)).toEqual(
      expect.arrayContaining(['pods', 'pods/ephemeralcontainers', 'deployments', 'cronjobs']),
    );
    expect(rules.some(({ apiGroups }) => apiGroups.includes('*'))).toBe(false);
    expect(matchConditions).toHaveLength(1);
    const excluded = namespaceSelector.matchExpressions.find(({ operator }) => operator === 'NotIn')!;
    expect([...excluded.values!].sort()).toEqual(found.plan.exempt);
    // Nothing that changes objects, and no job with rights of its own.
    expect(objects.filter(({ kind }) => /^(Mutating|Job$)/.test(kind))).toEqual([]);
  });
});

suite('constraints', ['gator'], () => {
  test.each([...scenarios(), ...coveringArray()].filter(isOurs))(
    '[gk-template] of $name pass the suites that are shipped',
    ({ files }) => {
      const { status, all } = gatorVerify(folder(files));
      expect(status, all).toBe(0);
      const suites = [...files.keys()].filter(
        (path) => path.startsWith(FOLDER) && path.endsWith('suite.yaml'),
      );
      expect(all.match(/^ok\t/gm)).toHaveLength(suites.length);
    },
  );

  test('[gk-constraint] admit every workload that is rendered, and reports are those of gaps', () => {
    let count = 0;
    for (const repository of [...scenarios(), ...coveringArray()].filter(isOurs)) {
      const objects = documents(repository.files, (path) => path.startsWith('apps/')).map(
        ({ object }) => object,
      );
      const workloads = objects.filter((one) => pods([one]).length);
      const verdicts = gatekeeperVerdicts(repository, workloads);
      const tagged = new Set(repository.plan.namespaces.filter((one) => !one.digests).map((one) => one.name));
      for (const workload of workloads) {
        const broken = verdicts.get(idOf(workload)) ?? [];
        const isGap = tagged.has(workload.metadata.namespace!);
        expect(
          broken.filter((one) => !(isGap && one === 'require-digest-audit')),
          idOf(workload),
        ).toEqual([]);
      }
      count += workloads.length;
    }
    expect(count).toBeGreaterThan(10);
    console.log(`${count} workloads admitted`);
  });

  test('[gk-template] that are weakened fail their suites', () => {
    const { files } = scenario('gatekeeper');
    const templates = [...files.keys()].filter(
      (path) =>
        path.startsWith(`${FOLDER}/templates/`) && files.get(path)!.includes('kind: ConstraintTemplate'),
    );
    expect(templates).toHaveLength(8);
    for (const path of templates) {
      const dir = folder(files);
      const document = parseDocument(readFileSync(join(dir, path), 'utf8'));
      const rego = ['spec', 'targets', 0, 'code', 0, 'source', 'rego'];
      const weakened = String(document.getIn(rego)).replaceAll(
        /^violation contains .* if \{$/gm,
        '$&\n  false',
      );
      document.setIn(rego, weakened);
      writeFileSync(join(dir, path), document.toString());
      const { status, all } = gatorVerify(dir);
      expect(status, path).not.toBe(0);
      expect(all).toContain(`--- FAIL: ${path.replace(/^.*\/|\.yaml$/g, '')}`);
    }
  });

  test('[gk-template] without expansion, workloads get in whose pods would not', () => {
    const repository = scenario('gatekeeper');
    const workload = documents(repository.files, (path) => path === 'apps/shop/deployment.yaml')[0]!.object;
    const bad = structuredClone(workload) as typeof workload & { spec: { template: { spec: object } } };
    bad.spec.template.spec = { containers: [{ name: 'bad', image: 'registry.invalid/bad:1.0' }] };
    const expansion = `${FOLDER}/templates/expansion.yaml`;
    expect(gatekeeperVerdicts(repository, [bad]).get(idOf(bad))).toContain('run-as-non-root');
    const files = new Map([...repository.files].filter(([path]) => path !== expansion));
    expect(gatekeeperVerdicts({ ...repository, files }, [bad]).get(idOf(bad))).toBeUndefined();
  });
});
