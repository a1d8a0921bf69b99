import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { enginesDir } from '../engines/find.mjs';
import { findEngine } from '../fakes/engines.ts';
import { readRepository } from '../objects.ts';
import { generate } from '../support.ts';

type Repository = ReturnType<typeof generate>;

const STORE = { storeAddress: 'https://vault.example.com:8200', storeCidrs: ['192.0.2.20/32'] };
const SERVICES = [
  { kind: 'Deployment', name: 'web' },
  { kind: 'StatefulSet', name: 'database' },
  { kind: 'DaemonSet', name: 'agent' },
  { kind: 'CronJob', name: 'report', schedule: '0 3 * * *' },
].map((one) => ({
  ...one,
  namespace: 'shop',
  image: `ghcr.io/org/a@sha256:${'0'.repeat(64)}`,
  secrets: [{ name: one.name, keys: ['password'] }],
}));
const SIGNED = {
  signedImages: ['ghcr.io/acme'],
  signingIssuer: 'https://token.actions.githubusercontent.com',
  signingSubject: '^https://github\\.com/acme/.+$',
  wideEgress: true,
};

const STANDARD = generate({ name: 'blue', inputs: SIGNED, services: SERVICES });
const SOPS = generate({
  name: 'blue',
  choices: { secrets: 'sops', mesh: 'none', network: 'cilium', distribution: 'kind', edge: 'cloudflare' },
  inputs: { alertSink: 'slack' },
});
const ON_GKE = generate({
  name: 'blue',
  choices: {
    distribution: 'gke',
    edge: 'cloud-armor',
    policy: 'gatekeeper',
    secrets: 'external-secrets',
    dns: 'cloudflare',
  },
  inputs: { ...STORE, wideEgress: true },
});
const ALL = [
  ['kubeadm, istio, kyverno, sealed-secrets', STANDARD],
  ['kind, cilium, sops, tunnel', SOPS],
  ['gke, gatekeeper, external-secrets, cloud-armor', ON_GKE],
] as const;

const page = ({ files }: Repository, name: string) => files.get(name)!;
const runbook = (repository: Repository, name: string) => page(repository, `docs/runbooks/${name}.md`);
const fencesOf = (text: string) =>
  [...text.matchAll(/^( *)```(?:sh|bash)\n([\s\S]*?)^\1```$/gm)].map((match) => match[2]!);
const pagesOf = ({ files }: Repository) => [...files].filter(([name]) => name.endsWith('.md'));
const sectionOf = (text: string, heading: string) => {
  const [, rest] = text.split(`\n${heading}\n`);
  expect(rest, heading).toBeDefined();
  return rest!.split(/^#{1,2} /m)[0]!;
};

test.each(ALL)('[break-glass] what is opened is not closed by the same paste, with %s', (_, repository) => {
  const openers = fencesOf(runbook(repository, 'break-glass')).filter((one) => one.includes('kubectl apply'));
  expect(openers.length).toBeGreaterThan(0);
  expect(openers.filter((one) => one.includes('kubectl delete'))).toEqual([]);
});

test.each(ALL)(
  '[break-glass] an object of Git is taken away after its layer has stopped, one of a chart after its release, with %s',
  (_, repository) => {
    const text = runbook(repository, 'break-glass');
    const [, policies] = text.split('## Policies block');
    const engine = fencesOf(policies!).find((one) => /webhookconfiguration/.test(one) && /delete/.test(one))!;
    const { name } = repository.plan.releases.find((one) =>
      one.file.includes('/controllers/' + repository.plan.choices['policy']),
    )!;
    expect(engine).toMatch(
      new RegExp(`^flux suspend kustomization policy-engine\nflux suspend helmrelease ${name}\n`),
    );
    for (const block of fencesOf(text).filter((one) =>
      /kubectl (patch|label namespace|delete validatingadmission)/.test(one),
    ))
      expect(block).toContain('flux suspend kustomization ');
    for (const [, layer] of text.matchAll(/flux suspend kustomization (\S+)/g))
      expect(repository.plan.layers.map((one) => one.name)).toContain(layer);
  },
);

test.each(ALL)(
  '[break-glass] all that was stopped goes on, and a look proves it, with %s',
  (_, repository) => {
    for (const name of ['break-glass', 'incident']) {
      const text = runbook(repository, name);
      const stopped = new Set(
        [...text.matchAll(/flux suspend (source git|kustomization|helmrelease)/g)].map(([, one]) => one),
      );
      expect(stopped.size).toBeGreaterThan(1);
      for (const kind of stopped)
        expect(text).toContain(`flux resume ${kind} ${kind === 'source git' ? 'flux-system' : '--all'}`);
      expect(text).toContain('flux get helmreleases\n');
    }
  },
);

test('[break-glass] every control that refuses has a way out, and is looked at afterwards', () => {
  const text = runbook(STANDARD, 'break-glass');
  const { objects } = readRepository(STANDARD);
  for (const { kind, metadata } of objects.filter((one) => one.kind === 'ValidatingAdmissionPolicyBinding'))
    expect(text.match(new RegExp(`${kind.toLowerCase()} ${metadata.name}\\b`, 'g'))).toHaveLength(2);
  expect(text).toContain('kubectl delete imagevalidatingpolicy.policies.kyverno.io image-signatures\n');
  expect(
    objects.some((one) => one.kind === 'ImageValidatingPolicy' && one.metadata.name === 'image-signatures'),
  ).toBe(true);
  const mesh = sectionOf(text, '## The mesh blocks');
  expect(mesh).toMatch(/kind: AuthorizationPolicy[\s\S]*action: ALLOW\n {2}rules:\n {4}- \{\}/);
  expect(mesh).toMatch(/kind: PeerAuthentication[\s\S]*mode: PERMISSIVE/);
  const closing = sectionOf(text, '## Close it again');
  expect(closing).toContain('networkpolicies,authorizationpolicies,peerauthentications -A');
  expect(sectionOf(text, '## Policies block')).toContain(
    'kubectl get validatingpolicies.policies.kyverno.io,imagevalidatingpolicies.policies.kyverno.io -o json',
  );
  expect(runbook(SOPS, 'break-glass')).not.toMatch(
    /The mesh blocks|imagevalidatingpolicy\.pol|authorizationpolic/,
  );
});

test('[rotation] what holds an old value is started anew, by its kind, and nothing else', () => {
  for (const text of [runbook(STANDARD, 'rotation'), runbook(STANDARD, 'incident')]) {
    const restarted = [...text.matchAll(/kubectl rollout restart (\S+) -n (\S+)/g)].map(
      ([, what, where]) => `${where}/${what}`,
    );
    expect(restarted.toSorted()).toEqual([
      'falco/deployment/falco-falcosidekick',
      'shop/daemonset/agent',
      'shop/deployment/web',
      'shop/statefulset/database',
    ]);
  }
  const rows = runbook(SOPS, 'rotation')
    .split('\n')
    .filter((line) => /^\| \S+\/\S+ /.test(line));
  const row = (secret: string) => rows.find((line) => line.startsWith(`| ${secret} `))!;
  expect(row('cloudflared/tunnel-token')).toContain('restart `deployment/cloudflared`');
  expect(row('flux-system/flux-alerts')).toMatch(/\| Flux +\|.*nothing: it is read at each use/);
  expect(
    readRepository(SOPS).objects.some(
      (one) => one.kind === 'Deployment' && one.metadata.name === 'cloudflared',
    ),
  ).toBe(true);
});

test.each(ALL)(
  '[rotation] a pod that is not ready does not pass for a good one, with %s',
  (_, repository) => {
    const hidden = pagesOf(repository).filter(([, text]) => text.includes('--field-selector=status.phase!='));
    expect(hidden.map(([name]) => name)).toEqual([]);
  },
);

const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq)('[ir-pods] pods of the platform are not taken for a break-in', () => {
  const [, program] = /jq -r '([\s\S]*?)'\n/.exec(
    sectionOf(runbook(ON_GKE, 'incident'), '## 1. Pods that could reach the node'),
  )!;
  const namespaces = [...(ON_GKE.plan.provides['distribution']!['systemNamespaces'] as string[]), 'shop'];
  expect(namespaces.length).toBeGreaterThan(3);
  const items = namespaces.map((namespace) => ({
    metadata: { name: 'agent', namespace },
    spec: { hostNetwork: true, containers: [{}] },
  }));
  const { stdout } = spawnSync('jq', ['-r', program!], {
    input: JSON.stringify({ items }),
    encoding: 'utf8',
  });
  expect(stdout).toBe('shop/agent\n');
});

test.skipIf(!hasJq)('the look after the installation names each pod that is not ready', () => {
  const [, program] = /kubectl get pods -A -o json \| jq -r '([\s\S]*?)'\n/.exec(
    page(STANDARD, 'README.md'),
  )!;
  const pod = (name: string, phase: string, ready?: string) => ({
    metadata: { name, namespace: 'shop' },
    status: { phase, ...(ready && { conditions: [{ type: 'Ready', status: ready }] }) },
  });
  const items = [
    pod('good', 'Running', 'True'),
    pod('done', 'Succeeded', 'False'),
    pod('crashing', 'Running', 'False'),
    pod('waiting', 'Pending'),
  ];
  const { stdout } = spawnSync('jq', ['-r', program!], {
    input: JSON.stringify({ items }),
    encoding: 'utf8',
  });
  expect(stdout).toBe('shop/crashing Running\nshop/waiting Pending\n');
});

test.each(ALL)('[ir-audit] no variable is asked for that the page did not set, with %s', (_, repository) => {
  for (const name of ['incident', 'break-glass', 'rotation', 'backup', 'scans'].filter((one) =>
    runbook(repository, one),
  )) {
    const blocks = fencesOf(runbook(repository, name)).join('\n');
    const set = new Set(
      [...blocks.matchAll(/\b([A-Z][A-Z_]+)=|read -r ([A-Z_]+)|\$\{([A-Z]+):-/g)].map(
        (match) => match[1] ?? match[2] ?? match[3],
      ),
    );
    const read = [...blocks.matchAll(/\$\{?([A-Z][A-Z_]+)/g)].map(([, one]) => one!);
    expect(
      read.filter((one) => one !== 'PATH' && !set.has(one)),
      name,
    ).toEqual([]);
    expect(blocks, name).not.toContain('system:serviceaccount:NAMESPACE:NAME');
  }
});

test.each(ALL)(
  '[trail-git] who changed what is asked of every folder that is rendered, with %s',
  (_, repository) => {
    const asked = new Set(
      [...runbook(repository, 'audit-trail').matchAll(/git log --format='[^']*' -- (.*)/g)].flatMap(
        ([, paths]) => paths!.split(' '),
      ),
    );
    const folders = [...repository.files.keys()]
      .map((file) => file.split('/'))
      .filter((parts) => parts.length > 1);
    const applied = new Set(
      folders.map(([folder]) => `${folder}/`).filter((one) => !/^(docs|\..*)\/$/.test(one)),
    );
    expect([...applied].filter((one) => !asked.has(one))).toEqual([]);
    expect(asked).toContain('zero-trust.yaml');
  },
);

/** Programs that commands start, by the name under which the README tells where to get them. */
const PROGRAMS: Record<string, string> = {
  flux: 'flux', kubectl: 'kubectl', jq: 'jq', yq: 'yq', sops: 'sops', 'age-keygen': 'age', kubeseal: 'kubeseal', vault: 'vault',
  cosign: 'cosign', istioctl: 'istioctl', gcloud: 'gcloud', dig: 'dig', cloudflared: 'cloudflared', helm: 'helm', kind: 'kind',
  cmctl: 'cmctl', 'pre-commit': 'pre-commit', npm: 'npm', npx: 'npm', git: 'git', trivy: 'trivy', docker: 'Docker',
}; // prettier-ignore

test.each(ALL)('every program that a page calls is among the tools, with %s', (_, repository) => {
  const tools = sectionOf(page(repository, 'README.md'), '### Tools').split('\n### ')[0]!;
  const missing = pagesOf(repository)
    .filter(([name]) => name !== 'docs/verify.md')
    .flatMap(([name, text]) => {
      const calls = [
        ...fencesOf(text),
        ...[...text.matchAll(/`((?:[a-z-]+) [^`\n]+)`/g)].map((match) => match[1]!),
      ].join('\n');
      return Object.entries(PROGRAMS)
        .filter(([program]) => new RegExp(`(^|[|(] ?|&& |do )${program} `, 'm').test(calls))
        .filter(([, tool]) => !new RegExp(`(^|[^\\w-])${tool}\\b`, 'm').test(tools))
        .map(([program]) => `${name}: ${program}`);
    });
  expect(missing).toEqual([]);
});

test.each(ALL)(
  'keys come before what is sealed with them, and the branch is protected after the bootstrap, with %s',
  (_, repository) => {
    const text = page(repository, 'README.md');
    const order = [
      '### Tools',
      '### Push this repository',
      'flux bootstrap git',
      '### Protect the branch',
    ].map((one) => text.indexOf(one));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(text).toMatch(/git push -u origin main/);
    const commands = repository.plan.pending.map(({ command }) => command);
    const first = commands.findIndex((one) => one.includes(' seal . --secret '));
    const keys = commands.findIndex((one) => one.includes('--generate-keys ../blue-keys'));
    expect(keys === -1).toBe(first === -1);
    expect(keys).toBeLessThanOrEqual(first);
  },
);

test('what the edge needs comes before the bootstrap', () => {
  for (const repository of [SOPS, ON_GKE]) {
    const text = page(repository, 'README.md');
    const [edge, bootstrap] = ['### Prepare the edge', 'flux bootstrap git'].map((one) => text.indexOf(one));
    expect(edge).toBeGreaterThan(0);
    expect(edge).toBeLessThan(bootstrap!);
  }
});

test('[eso-secret] nothing tells of ciphertext where none lies in the repository', () => {
  const names = [
    'README.md',
    'AGENTS.md',
    '.pre-commit-config.yaml',
    '.gitignore',
    'clusters/blue/secrets.yaml',
  ];
  for (const name of names)
    expect(page(ON_GKE, name), name).not.toMatch(
      /ciphertext|\bseal(ed)?\b|\.secret\.yaml|\bSOPS\b|SealedSecret|[Ee]ncrypted values/,
    );
});

/** What the loop over a job of kube-bench does once its conditions are these. */
function endOfJobs(block: string, conditions: string): string {
  const script = `kubectl() {
    case "$*" in
      'get cronjobs '*) echo node ;;
      'get job '*) echo '${conditions}' ;;
      logs*) echo read >&2 ;;
      delete*) echo deleted >&2 ;;
    esac
  }
  sleep() { exit 1; }
  ${block.replace(/^grep .*\n/m, '')}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: 5000 });
  return stdout + stderr;
}

test('[bench-job] results are kept until they were read, and a finding is accepted where the pipeline looks', () => {
  const text = runbook(STANDARD, 'scans');
  const job = fencesOf(text).find((one) => one.includes('kubectl create job'))!;
  const limits = readRepository(STANDARD)
    .objects.filter((one) => one.kind === 'CronJob' && one.metadata.namespace === 'kube-bench')
    .map((one) => Number(one['spec'].jobTemplate.spec.activeDeadlineSeconds));
  // Each job ends by itself, so the loop ends; one that failed is left for a look.
  expect(limits.every((one) => one > 0)).toBe(true);
  expect(endOfJobs(job, 'SuccessCriteriaMet Complete')).toBe('read\ndeleted\n');
  expect(endOfJobs(job, 'FailureTarget Failed')).toBe('node-now failed\n');
  const log =
    '[FAIL] 4.1.1 x\n== Remediations node ==\n4.1.1 do it\n== Summary node ==\n1 checks PASS\n2 checks FAIL\n';
  const [, lines] = /grep -E '([^']*)' "\$RESULTS"/.exec(job)!;
  expect(spawnSync('grep', ['-E', lines!], { input: log, encoding: 'utf8' }).stdout).toBe(
    '[FAIL] 4.1.1 x\n1 checks PASS\n2 checks FAIL\n',
  );
  const [, remedy] = /sed -n '([^']*)'/.exec(text)!;
  expect(spawnSync('sed', ['-n', remedy!], { input: log, encoding: 'utf8' }).stdout).toContain('4.1.1 do it');
  expect(STANDARD.files.has('.trivyignore.yaml')).toBe(true);
  expect(text).toMatch(/vulnerabilities:\n {2}- id: CVE-/);
});

test('[trivy-k8s] the cluster is scanned by hand without a pod that policies refuse', () => {
  expect(fencesOf(runbook(STANDARD, 'scans')).join('\n')).toMatch(
    /^trivy k8s --report summary --disable-node-collector --timeout \w+$/m,
  );
});

/** Layers that tell or ask somebody outside: production's people would be called by a drill. */
const OUTWARD = ['edge', 'alerts', 'certificates', 'runtime'];

test('[secret-zero] a drill takes what reaches outside out of what is applied', () => {
  const block = fencesOf(runbook(SOPS, 'backup')).find((one) => one.includes('sed -i.bak'))!;
  const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
  try {
    const file = path.join(dir, 'clusters/blue/kustomization.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, page(SOPS, 'clusters/blue/kustomization.yaml'));
    writeFileSync(path.join(dir, 'git'), '#!/bin/sh\n');
    chmodSync(path.join(dir, 'git'), 0o700);
    const { status, stderr } = spawnSync('sh', ['-e'], {
      cwd: dir,
      input: block,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dir}:${process.env['PATH']}` },
    });
    expect(status, stderr).toBe(0);
    const left = readFileSync(file, 'utf8');
    const before = page(SOPS, 'clusters/blue/kustomization.yaml');
    for (const layer of OUTWARD) {
      expect(before).toContain(`- ${layer}.yaml\n`);
      expect(left).not.toContain(`- ${layer}.yaml\n`);
    }
    expect(before.split('\n').length - left.split('\n').length).toBe(OUTWARD.length);
    expect(existsSync(`${file}.bak`)).toBe(false);
    // What stays waits for nothing that was taken out.
    for (const { name, after } of SOPS.plan.layers)
      if (left.includes(`- ${name}.yaml\n`))
        expect(
          after.filter((one) => OUTWARD.includes(one)),
          name,
        ).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true });
  }
  expect(runbook(SOPS, 'backup')).toContain('one more replica of the real tunnel');
});

test.each([
  ['kubeadm, sealed-secrets', 'Load the private key that belongs', {}, {}],
  ['kind, sops', 'Make no keys', { distribution: 'kind', secrets: 'sops' }, {}],
  ['kind, external-secrets', 'log it in again', { distribution: 'kind', secrets: 'external-secrets' }, STORE],
] as const)(
  '[secret-zero] a drill renders before it takes layers out, and has its key before the bootstrap, with %s',
  (_, key, choices, inputs) => {
    const repository = generate({
      name: 'blue',
      choices,
      inputs: { apiServerCidrs: ['192.0.2.10/32'], ...inputs },
    });
    const text = runbook(repository, 'backup');
    expect(sectionOf(text, '## Restore a lost cluster')).toContain(key);
    const drill = sectionOf(text, '## Drill');
    const isStore = repository.plan.choices['secrets'] === 'external-secrets';
    const order = [
      'kubectl config current-context',
      'git switch -C drill origin/main',
      `--force --api-server-cidrs "$CIDRS"${isStore ? ' --store-auth-mount kubernetes-drill' : ''}\n`,
      'sed -i.bak',
      'git commit',
      'git push --force -u origin drill',
      isStore ? 'secret-store.md#login' : 'read -r KEYS',
      'flux bootstrap git',
      'flux get kustomizations',
      'kubectl rollout status Deployment/',
      'git push origin --delete drill',
    ].map((one) => drill.indexOf(one));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    // Its nodes have names of their own, and the people at work are led back to their cluster.
    expect(
      /kind delete cluster --name blue-drill\n +kubectl config use-context kind-blue\n/.test(drill),
    ).toBe(repository.plan.choices['distribution'] === 'kind');
    expect(text.includes('`kind delete cluster --name blue` first')).toBe(
      repository.plan.choices['distribution'] === 'kind',
    );
  },
);

test.each(['sealed-secrets', 'sops'])(
  '[rotation] the key that is loaded is one that opens what is sealed, and not always the first that was made, with %s',
  (secrets) => {
    const repository = generate({ name: 'blue', choices: { secrets } }, ['shop/app-credentials']);
    const blocks = fencesOf(page(repository, 'README.md')).filter((one) => /"\$KEYS/.test(one));
    const [opens, load] = ['echo "$file opens"', 'kubectl create secret'].map((part) =>
      blocks.findIndex((one) => one.includes(part)),
    );
    expect(opens).toBeGreaterThanOrEqual(0);
    expect(opens).toBeLessThan(load!);
    for (const block of blocks) expect(block).toMatch(/^KEYS=\$\{KEYS:-\.\.\/blue-keys\}$/m);
  },
);

test('[rotation] a value from the store is fetched, and waits for no layer', () => {
  const step = (repository: Repository) =>
    sectionOf(runbook(repository, 'incident'), '## 6. Change what it could read');
  expect(step(STANDARD)).toContain('reaches the cluster with its layer');
  const text = step(ON_GKE);
  const externals = ON_GKE.plan.secrets.filter(({ referred }) => referred);
  expect(text).not.toMatch(/with its layer|after step 7/);
  expect(externals.length).toBeGreaterThan(0);
  for (const { name, namespace } of externals)
    expect(text).toContain(`kubectl annotate externalsecret ${name} --namespace=${namespace} force-sync=`);
  expect(runbook(ON_GKE, 'incident')).not.toContain('Was the source stopped?');
});

test('[eso-store] who keeps the store, how a restore is proved, and that a new cluster logs in again', () => {
  const text = runbook(ON_GKE, 'backup');
  expect(text).not.toContain('the [README](../../README.md#install) says how');
  expect(text).toContain('vault operator raft snapshot save');
  // A restore overwrites: never where the address of the real store is still set.
  const restore = fencesOf(text).find((one) => one.includes('snapshot restore'))!;
  expect(restore.indexOf('read -r VAULT_ADDR')).toBeLessThan(restore.indexOf('snapshot restore'));
  expect(restore).toContain('read -r VAULT_ADDR');
  expect(text).toContain('secret-store.md#login');
  // GKE vouches for its tokens itself.
  const reviewed = generate({ name: 'blue', choices: { secrets: 'external-secrets' }, inputs: STORE });
  expect(runbook(reviewed, 'rotation')).toMatch(
    /kubectl delete serviceaccount token-reviewer[^\n]*\nflux reconcile kustomization secrets-backend\n/,
  );
});

/** Of blocks, the one that asks, and the one that goes on with the answer. */
const after = (blocks: string[], ...parts: string[]) =>
  parts.map((part) => blocks.find((one) => one.includes(part))!).join('\n');

const lacks = (...programs: string[]) => !programs.map(findEngine).every(Boolean);

describe.skipIf(lacks('sops', 'age-keygen'))('keys of SOPS', () => {
  test('[sops-secret] pasted, the pages make two keys, prove the offline one alone, and replace one without shutting the other out', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
    const repo = path.join(dir, 'repo');
    const env = {
      ...process.env,
      HOME: dir,
      PATH: `${dir}/bin:${enginesDir}:${process.env['PATH']}`,
    };
    const paste = (script: string, input = '') =>
      spawnSync('bash', ['-c', script], { cwd: repo, env, input, encoding: 'utf8' });
    const stub = (name: string, script: string) => {
      writeFileSync(path.join(dir, 'bin', name), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(dir, 'bin', name), 0o700);
    };
    try {
      mkdirSync(path.join(dir, 'bin'));
      mkdirSync(path.join(repo, 'security/secrets/shop'), { recursive: true });
      stub('kubectl', 'exec cat >/dev/null');
      stub('git', 'exit 0');
      // A render again writes .sops.yaml with the recipients of the flag.
      stub(
        'npm',
        `printf 'creation_rules:\\n  - path_regex: secret.yaml$\\n    encrypted_regex: ^(data|stringData)$\\n    age: %s\\n' "$(printf %s "$*" | sed 's/.*--age-recipients //')" >.sops.yaml`,
      );
      const readme = fencesOf(page(SOPS, 'README.md'));
      const make = after(readme, 'offline: ', 'age-keygen -o "$OFFLINE');
      expect(paste(make, `${dir}/offline\n`).status).toBe(0);
      const secret = 'security/secrets/shop/a.secret.yaml';
      writeFileSync(path.join(repo, secret), 'kind: Secret\nstringData:\n  key: value\n');
      expect(paste(`sops encrypt --in-place ${secret}`).status).toBe(0);
      const prove = after(readme, 'folder of the offline key', 'can be restored');
      expect(paste(prove, `${dir}/offline\n`).stdout).toContain('a.secret.yaml can be restored');
      // A key of somebody else proves nothing, whatever lies in this user's home.
      mkdirSync(path.join(dir, '.config/sops/age'), { recursive: true });
      mkdirSync(path.join(dir, 'stranger'));
      expect(
        paste(
          'cp ../blue-keys/age.agekey ../.config/sops/age/keys.txt && age-keygen -o ../stranger/age.agekey',
        ).status,
      ).toBe(0);
      expect(paste(prove, `${dir}/stranger\n`).stdout).not.toContain('can be restored');

      const blocks = fencesOf(runbook(SOPS, 'rotation')).filter((one) => /\$NEW\b/.test(one));
      const [load, change, opens] = blocks;
      const stay = after(fencesOf(runbook(SOPS, 'rotation')), 'read -r STAY');
      const { stdout } = paste('age-keygen -y ../offline/age.agekey');
      const replaced = paste(`${load}\n${stay}\n${change}\n${opens}`, stdout);
      expect(replaced.stdout, replaced.stderr).toContain('a.secret.yaml opens');
      rmSync(path.join(dir, '.config'), { recursive: true });
      expect(paste(prove, `${dir}/offline\n`).stdout).toContain('can be restored');
      expect(paste(prove, `${dir}/blue-keys\n`).stdout).not.toContain('can be restored');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe.skipIf(lacks('kubeseal', 'openssl'))('keys of Sealed Secrets', () => {
  test('[rotation] the proof before the old key retires fails for a file that only the old key opens', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
    const env = {
      ...process.env,
      PATH: `${enginesDir}:${process.env['PATH']}`,
      NEW: `${dir}/new`,
    };
    const run = (script: string) => spawnSync('bash', ['-c', script], { cwd: dir, env, encoding: 'utf8' });
    try {
      mkdirSync(path.join(dir, 'security/secrets/shop'), { recursive: true });
      for (const key of ['old', 'new'])
        expect(
          run(
            `mkdir ${key} && openssl req -x509 -nodes -newkey rsa:4096 -days 1 -subj /CN=a -keyout ${key}/sealing-key.pem -out ${key}/sealing-certificate.pem`,
          ).status,
        ).toBe(0);
      const seal = (key: string) =>
        run(
          `printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\nstringData: {key: value}\n' |
            kubeseal --cert ${key}/sealing-certificate.pem --format yaml >security/secrets/shop/a.secret.yaml`,
        );
      const prove = fencesOf(runbook(STANDARD, 'rotation')).find((one) => one.includes('file opens'))!;
      expect(seal('old').status).toBe(0);
      expect(run(prove).stdout).not.toContain('opens');
      expect(seal('new').status).toBe(0);
      expect(run(prove).stdout).toBe('security/secrets/shop/a.secret.yaml opens\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
    const text = runbook(STANDARD, 'rotation');
    const retire = text.indexOf('sealed-secrets-key=compromised');
    expect(text.indexOf('file opens')).toBeLessThan(retire);
    const sealed = ['shop/web', 'shop/database'];
    const whole = runbook(generate({ name: 'blue', services: SERVICES }, sealed), 'rotation');
    const all = fencesOf(whole).find((one) => one.includes('--generate-keys'))!;
    // What has no value yet stays pending.
    expect(all).not.toContain('falco-alerts');
    for (const secret of sealed) expect(all).toContain(`--secret ${secret}/password=file:PATH`);
  });
});
