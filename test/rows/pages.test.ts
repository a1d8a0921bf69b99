import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readRepository, type Any } from '../objects.ts';
import { fencesOf, sectionOf } from '../pages.ts';
import { generate } from '../support.ts';

const KUBEADM = generate({ name: 'my-cluster' });
const KIND = generate({
  name: 'my-cluster',
  choices: { distribution: 'kind', mesh: 'none', secrets: 'sops', runtime: 'none', ci: 'none' },
});
const BOTH = [
  ['istio, sealed-secrets', KUBEADM],
  ['none, sops', KIND],
] as const;

const page = ({ files }: typeof KUBEADM, name: string) => files.get(name)!;
/** Lines of a Markdown table that have a cell. */
const row = (text: string, cell: string) => text.split('\n').filter((line) => line.startsWith(`| ${cell} `));

test.each(BOTH)('[principles] each principle has files and a check, with %s', (_, repository) => {
  const principles = ['Never trust, always verify', 'Least privilege', 'Assume breach', 'Verify explicitly'];
  for (const principle of [...principles, 'Micro-segmentation']) {
    const [line] = row(page(repository, 'docs/zero-trust.md'), principle);
    const [, , carried, files, check] = line!.split('|');
    expect(carried!.trim(), principle).not.toBe('');
    for (const [, folder] of files!.matchAll(/\]\(\.\.\/([^)]*)\)/g))
      expect(
        [...repository.files.keys()].some((file) => file.startsWith(folder!)),
        folder,
      ).toBe(true);
    expect(check, principle).toContain('](');
  }
});

test('[mesh-none] what nobody enforces is a gap, on the map and among the principles', () => {
  const { plan, files } = otherOptions();
  expect(plan.gaps.map(({ id }) => id)).toEqual(expect.arrayContaining(['mtls', 'http-rules']));
  const map = files.get('docs/compliance.md')!;
  expect(row(map, 'Encryption and identity between services')[0]).toContain('**not met**');
  expect(row(map, 'Methods and paths of calls')[0]).toContain('**not met**');
  expect(files.get('docs/zero-trust.md')).toContain('compliance.md#gaps');
});

test('[ss-cli] the README names the tool by its exact version', () => {
  expect(page(KUBEADM, 'README.md')).toMatch(/\[kubeseal\]\(https:\/\/\S+\) v?\d+\.\d+\.\d+/);
});

test('[sops-secret] the README loads the key under the name and entry that Flux reads', () => {
  expect(page(KIND, 'README.md')).toMatch(
    /kubectl create secret generic sops-age --namespace=flux-system \\?\s*--from-file=age\.agekey=/,
  );
});

test('[secret-zero] the first key, its backup and a drill, for each backend', () => {
  for (const [, repository] of BOTH) {
    const backup = page(repository, 'docs/runbooks/backup.md');
    expect(backup).toMatch(/private key of (Sealed Secrets|SOPS)/);
    expect(backup).toContain('## Drill');
    expect(page(repository, 'docs/checklist.md')).toMatch(/backed up, and a restore was tried/);
  }
});

test('[trail-flux] every layer is asked for, by its name', () => {
  const trail = page(KUBEADM, 'docs/runbooks/audit-trail.md');
  const [, names] = /for layer in (.*); do/.exec(trail)!;
  expect(names!.split(' ').sort()).toEqual(KUBEADM.plan.layers.map(({ name }) => name).sort());
  expect(trail).toContain('flux events --for "Kustomization/$layer"');
});

test('[trail-git] who changed and who signed, and what the letters mean', () => {
  const trail = page(KUBEADM, 'docs/runbooks/audit-trail.md');
  expect(trail).toContain("git log --format='%h %G? %an %aI %s' -- clusters/");
  expect(trail).toContain('`N` is none');
});

test('[checklist] each privileged namespace, each gap and each pending item has a line', () => {
  const { plan, files } = otherOptions();
  const list = files.get('docs/checklist.md')!;
  for (const { what } of plan.pending) expect(list).toContain(what);
  for (const { control } of plan.gaps) expect(list).toContain(control);
  for (const { name, podSecurity } of plan.namespaces)
    if (podSecurity.enforce === 'privileged') expect(list).toContain(`\`${name}\``);
  expect(plan.gaps.length).toBeGreaterThan(2);
});

test('[checklist] whether a store has the values is a box of its own, since nothing here can know', () => {
  const blueprint = parse(readFileSync('test/scenarios/external-secrets/blueprint.yaml', 'utf8')) as unknown;
  const { plan, files } = generate(blueprint);
  expect(plan.pending).toEqual([]);
  const list = files.get('docs/checklist.md')!;
  expect(list).toMatch(/^- \[ \] Every value is in the store.*`kubectl get externalsecrets -A`/m);
  expect(list).not.toContain('Every input and secret is given');
  expect(files.get('README.md')).toContain('Whether each value is in the store is not known here');
  // A question to the cluster says when it can be asked.
  expect(files.get('docs/secret-store.md')).toMatch(
    /when the layer `secrets-backend` is ready[^#]*kubectl get secretstores[^]*when the layer `secrets` is ready[^#]*kubectl get externalsecrets/,
  );
  expect(files.get('docs/certificates.md')).not.toContain('Seal the bare');
  expect(page(KUBEADM, 'docs/checklist.md')).not.toContain('in the store');
  for (const one of ['Falco and Flux', 'monitoring.md#alerts'])
    expect(page(KUBEADM, 'docs/checklist.md')).toContain(one);
});

const PRIVATE = ['kubeadm', 'gke'].map((distribution) => {
  const one = generate({ name: 'my-cluster', choices: { distribution } });
  return [distribution, sectionOf(page(one, 'docs/images-and-sources.md'), '## Private registries')] as const;
});

test.each(PRIVATE)('with %s a service gets the pull secret that the page tells of', (_, text) => {
  const [yaml] = fencesOf(text, 'yaml');
  const service = {
    name: 'web',
    namespace: 'shop',
    image: `ghcr.io/acme/web@sha256:${'0'.repeat(64)}`,
    port: 80,
  };
  const web = { ...service, ...(parse(yaml!) as Any) };
  const made = (choices: Record<string, string>, inputs = {}) =>
    generate({ name: 'my-cluster', choices, inputs, services: [web] });
  const sealed = made({});
  const deployment = readRepository(sealed).objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web',
  )!;
  const { template } = deployment.spec as Any;
  expect(template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(template.spec.containers).toHaveLength(1);
  expect(JSON.stringify(template.spec.volumes ?? [])).not.toContain('registry');
  // No other type is one that nodes pull with, and no random value is a token.
  const type = 'kubernetes.io/dockerconfigjson';
  expect(sealed.plan.secrets.find(({ name }) => name === 'registry')).toMatchObject({
    type,
    generate: false,
  });
  const stored = made(
    { secrets: 'external-secrets' },
    { storeAddress: 'https://vault.corp.test:8200', storeCidrs: ['192.0.2.20/32'] },
  );
  const fetched = readRepository(stored).objects.find(
    ({ kind, metadata }) => kind === 'ExternalSecret' && metadata.name === 'registry',
  )!;
  expect((fetched.spec as Any).target.template).toEqual({ type });
});

const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq && !process.env.CI)('the file for pulls is one that kubelet reads', () => {
  const [, program] = /jq -Rc [^']*'([^']*)'/.exec(PRIVATE[0]![1])!;
  const { stdout } = spawnSync(
    'jq',
    ['-R', '--arg', 'registry', 'ghcr.io', '--arg', 'user', 'eve', program!],
    {
      input: 'to"ken',
      encoding: 'utf8',
    },
  );
  const { auths } = JSON.parse(stdout) as Any;
  expect(Buffer.from(auths['ghcr.io'].auth as string, 'base64').toString()).toBe('eve:to"ken');
});

test('[troubleshooting] what else asks a private registry has its line', () => {
  const blueprint = parse(readFileSync('test/scenarios/signed/blueprint.yaml', 'utf8')) as unknown;
  const text = sectionOf(page(generate(blueprint), 'docs/images-and-sources.md'), '## Private registries');
  for (const said of [
    'namespace `kyverno`',
    'privateRegistryScanSecretsNames',
    'TRIVY_USERNAME',
    'docker login',
  ])
    expect(text).toContain(said);
  for (const none of ['kyverno', 'TRIVY_USERNAME']) expect(PRIVATE_OF_KIND).not.toContain(none);
  expect(page(KUBEADM, 'docs/troubleshooting.md')).toContain('images-and-sources.md#private-registries');
});

const PRIVATE_OF_KIND = sectionOf(page(KIND, 'docs/images-and-sources.md'), '## Private registries');

const GROUPS = { onCall: ['oidc:on-call'] };
const CLUSTERS = ['kubeadm', 'kind'].map((distribution) => [distribution] as const);

test.each(CLUSTERS)(
  '[audit-file] [etcd-encryption] key and policy are there before %s starts',
  (distribution) => {
    const { files } = generate({ name: 'my-cluster', choices: { distribution } });
    const text = files.get('docs/bootstrap.md')!;
    const steps = {
      kubeadm: [
        'make-config.sh > /',
        '/etc/kubernetes/audit/policy.yaml',
        'kubeadm init --config',
        '`kubeadm join`',
      ],
      kind: ['make-config.sh > ..', 'read -r IMAGE', 'kind create cluster', '--image "$IMAGE"'],
    }[distribution]!;
    const found = [...steps, '## Network plugin', '## Audit log', '## Encryption in etcd'].map((one) =>
      text.indexOf(one),
    );
    expect(found).not.toContain(-1);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    // The checklist and the runbook of rotation send people there.
    const rotation = text.slice(text.search(/^(To r|### R)otate the key/m));
    expect(rotation).toContain('kubectl get secrets -A -o json | kubectl replace -f -');
    expect(rotation).toMatch(/Remove the old key/);
  },
);

test.each(CLUSTERS)(
  '[etcd-encryption] pasted a second time, the first steps of %s leave the key of the running cluster alone',
  (distribution) => {
    const { files } = generate({ name: 'my-cluster', choices: { distribution } });
    const make = fencesOf(files.get('docs/bootstrap.md')!, 'bash').find((one) =>
      one.includes('bootstrap/encryption/make-config.sh'),
    )!;
    const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
    try {
      for (const one of ['bin', 'repo/bootstrap/encryption', 'etc'])
        mkdirSync(path.join(dir, one), { recursive: true });
      writeFileSync(path.join(dir, 'bin/sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
      const script = 'bootstrap/encryption/make-config.sh';
      writeFileSync(path.join(dir, 'repo', script), files.get(script)!);
      const paste = () => {
        const { status, stderr } = spawnSync(
          'bash',
          ['-ec', make.replaceAll('/etc/kubernetes', `${dir}/etc`)],
          {
            cwd: path.join(dir, 'repo'),
            env: { ...process.env, PATH: `${dir}/bin:${process.env['PATH']}` },
            encoding: 'utf8',
          },
        );
        expect(status, stderr).toBe(0);
        const made = { kubeadm: 'etc/encryption', kind: 'my-cluster-encryption' }[distribution]!;
        return readFileSync(path.join(dir, made, 'config.yaml'), 'utf8');
      };
      const first = paste();
      expect(first).toMatch(/secret: \S{44}\n/);
      expect(paste()).toBe(first);
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);

test('[etcd-encryption] pasted, every control-plane node decrypts with a key before one encrypts with it, and has read it', () => {
  const text = generate({ name: 'my-cluster' }).files.get('docs/bootstrap.md')!;
  const [nodes, put, ...blocks] = fencesOf(sectionOf(text, '## Encryption in etcd'), 'bash');
  const rotation = blocks.slice(blocks.findIndex((one) => one.includes('make-config.sh "$NEW"')));
  const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
  const stub = (name: string, script: string) =>
    writeFileSync(path.join(dir, 'bin', name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  try {
    for (const one of ['bin', 'a/encryption', 'b/encryption', 'a/pki', 'b/pki', 'bootstrap/encryption'])
      mkdirSync(path.join(dir, one), { recursive: true });
    const make = path.join(dir, 'bootstrap/encryption/make-config.sh');
    writeFileSync(make, generate({ name: 'a' }).files.get('bootstrap/encryption/make-config.sh')!);
    const { stdout: first } = spawnSync('sh', [make, 'old'], { encoding: 'utf8' });
    for (const one of ['a', 'b']) writeFileSync(path.join(dir, one, 'encryption/config.yaml'), first);
    stub('kubectl', `[ "$2" != nodes ] || printf 'a b'`);
    stub('sudo', 'exec "$@"');
    // A node's own folder in the place of its root; the API server of b needs longer than that of a.
    stub(
      'ssh',
      `export NODE=$1; shift; here=s,/etc/kubernetes,'${dir}'/$NODE,g
       if [ "$*" = 'sudo sh -s' ]; then sed "$here" | sh -s; else sh -c "$(sed "$here" <<<"$*")"; fi`,
    );
    stub(
      'curl',
      `echo 'process_start_time_seconds 1.7e+09'
       echo "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{status=\\"success\\"} $(cat '${dir}'/$NODE/read)"`,
    );
    writeFileSync(path.join(dir, 'a/read'), '9.9e+09\n');
    writeFileSync(path.join(dir, 'b/read'), '1.7e+09\n');
    const show = `for node in a b; do sed -n "s/$NEW/new/; s/^ *- name: //p" '${dir}'/$node/encryption/config.yaml; done | xargs echo keys`;
    const script = [
      nodes!.replace(/^stored\n/m, ''),
      put,
      `stored() { echo "1 k8s:enc:secretbox:v1:$NEW:"; }
       sleep() { echo waits; echo 9.9e+09 >'${dir}/b/read'; }`,
      ...rotation.flatMap((one) => [one, `${show}; echo 1.7e+09 >'${dir}/b/read'`]),
    ].join('\n');
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
      cwd: dir,
      env: { ...process.env, PATH: `${dir}/bin:${process.env['PATH']}` },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const read = ['a has read it', 'waits', 'b has read it'];
    const lines = stdout.split('\n').filter((line) => /^(keys|waits|. has)/.test(line));
    const changes = ['keys old new old new', 'keys new old new old', 'keys new new'];
    expect(lines.filter((line, at) => line !== lines[at - 1])).toEqual(
      changes.flatMap((keys) => [...read, keys]),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each(CLUSTERS)(
  '[rbac-gateway] with %s, groups of people come by flags that are written down',
  (distribution) => {
    const file = `bootstrap/${distribution}.yaml`;
    const { files } = generate({ name: 'my-cluster', choices: { distribution }, inputs: GROUPS });
    for (const flag of ['issuer-url', 'client-id', 'groups-claim', 'groups-prefix'])
      expect(files.get(file)).toMatch(new RegExp(`^ +# (- name: )?oidc-${flag}`, 'm'));
    expect(files.get('docs/bootstrap.md')).toMatch(
      /^## People$[^]*\| on-call +\| `\S+` +\| `oidc:on-call` +\|/m,
    );
    const nobody = generate({ name: 'my-cluster', choices: { distribution } }).files;
    expect(nobody.get(file)! + nobody.get('docs/bootstrap.md')!).not.toMatch(/oidc|## People/);
  },
);

test.each([
  ['gke', 'Dataplane V2'],
  ['kind', 'kindnet'],
])('on %s, whose own plugin enforces policies, no other is asked for', (distribution, plugin) => {
  const { files } = generate({ name: 'my-cluster', choices: { distribution } });
  const text = files.get('docs/bootstrap.md')!.split('## Network plugin')[1]!.split('\n## ')[0]!;
  expect(text).toContain(plugin);
  expect(text).toContain('install no other');
  expect(text).not.toContain('Install one');
  // Known once there is a cluster, and wanted before GitOps.
  expect(text).toContain('--force --api-server-cidrs');
});

test('[bench-job] it runs again and again, without a token where it reads nodes, and writes nothing', () => {
  const jobs = objects().filter(
    ({ kind, metadata }) => kind === 'CronJob' && metadata.namespace === 'kube-bench',
  );
  expect(jobs.map(({ metadata }) => metadata.name)).toEqual([
    'kube-bench-control-plane',
    'kube-bench-node',
    'kube-bench-cluster',
  ]);
  for (const { spec } of jobs) {
    const pod = spec.jobTemplate.spec.template.spec as Any;
    const [container] = pod.containers;
    expect(container.image).toMatch(/kube-bench:v\d[^@]*@sha256:[0-9a-f]{64}$/);
    expect(container.volumeMounts.every((one: Any) => one.readOnly || one.name === 'tmp')).toBe(true);
    expect(pod.automountServiceAccountToken).toBe(!pod.hostPID);
  }
  const rules = objects().filter(
    ({ kind, metadata }) => kind === 'ClusterRole' && /bench/.test(metadata.name),
  );
  const verbs = rules.flatMap(({ rules: all }) => all.flatMap((one: Any) => one.verbs as string[]));
  expect(new Set(verbs)).toEqual(new Set(['get', 'list']));
});

test('[drift] changes by hand are undone, but for the fields that a controller writes', () => {
  const releases = objects().filter(({ kind }) => kind === 'HelmRelease');
  expect(releases.length).toBeGreaterThan(5);
  for (const { metadata, spec } of releases) {
    expect(spec.driftDetection.mode, metadata.name).toBe('enabled');
    for (const { target, paths } of spec.driftDetection.ignore ?? []) {
      expect(target.kind).toMatch(/WebhookConfiguration$/);
      expect(
        paths.every((one: string) => /^\/webhooks\/\d\/(failurePolicy|clientConfig\/caBundle)$/.test(one)),
      ).toBe(true);
    }
  }
});

test.each(['kyverno', 'gatekeeper'])(
  '[updates] with %s, what the mesh adds to pods is let in at the version that its charts are raised to',
  (policy) => {
    const repository = generate({ name: 'my-cluster', choices: { policy } });
    const { customManagers, packageRules } = JSON.parse(page(repository, 'renovate.json')) as Any;
    const [image, tag] = (repository.plan.provides['mesh']!['injectedImages'] as string[])[0]!.split(':');
    const named = [...repository.files].filter(
      ([file, text]) => file.startsWith('security/') && !file.includes('/tests/') && text.includes(image!),
    );
    expect(named.length).toBeGreaterThan(2);
    for (const [file, text] of named) {
      const found = (customManagers as Any[])
        .filter(({ managerFilePatterns }) =>
          managerFilePatterns.some((one: string) => new RegExp(one.slice(1, -1)).test(file)),
        )
        .flatMap(({ matchStrings }) => [...text.matchAll(new RegExp(matchStrings[0], 'g'))]);
      expect(
        found.map(({ groups }) => [groups!['depName'], groups!['currentValue']]),
        file,
      ).toContainEqual([image, tag]);
    }
    const group = (packageRules as Any[]).find((one) => one.matchPackageNames?.includes(image));
    expect(group).toMatchObject({ groupName: 'mesh' });
  },
);

test('[updates] Renovate reads every pinned version that the repository names', () => {
  const { customManagers, flux, kubernetes } = JSON.parse(page(KUBEADM, 'renovate.json')) as Any;
  const matches = (manager: Any, file: string) =>
    manager.managerFilePatterns.some((one: string) => new RegExp(one.slice(1, -1)).test(file));
  for (const [file, text] of KUBEADM.files) {
    if (/tag: v|version: "/.test(text) && file.endsWith('.yaml') && /^(clusters|infrastructure)/.test(file))
      expect(matches(flux, file), file).toBe(true);
    if (!/@sha256:/.test(text) || /\/tests\/|^\.zero-trust/.test(file)) continue;
    expect(
      [...customManagers, kubernetes, flux].some((one) => matches(one, file)),
      file,
    ).toBe(true);
  }
});

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;

test.skipIf(!hasBash)('[plain-secret-guard] the hook stops a plain Secret, and no encrypted one', () => {
  const { repos } = parse(page(KUBEADM, '.pre-commit-config.yaml')) as Any;
  const hooks = repos.flatMap((one: Any) => one.hooks) as Any[];
  const { entry, args } = hooks.find(({ id }) => id === 'plain-secret')!;
  const dir = mkdtempSync(path.join(tmpdir(), 'zero-trust-'));
  const stopped = (text: string) => {
    writeFileSync(path.join(dir, 'secret.yaml'), text);
    const [program, ...more] = [...entry.split(' '), ...args] as string[];
    return spawnSync(program!, [...more, 'secret.yaml'], { cwd: dir, encoding: 'utf8' }).status !== 0;
  };
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n';
  try {
    expect(stopped(`${secret}stringData:\n  key: plain\n`)).toBe(true);
    expect(stopped(`kind: ConfigMap\n---\n${secret}data:\n  key: cGxhaW4=\n`)).toBe(true);
    expect(stopped(`${secret}data:\n  key: ENC[AES256_GCM,data:eA==]\nsops:\n  mac: x\n`)).toBe(false);
    expect(stopped(secret)).toBe(false);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

const objects = () => readRepository(KUBEADM).objects;

function otherOptions() {
  const blueprint = parse(readFileSync('test/scenarios/other-options/blueprint.yaml', 'utf8')) as unknown;
  return generate(blueprint);
}
