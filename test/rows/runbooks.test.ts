import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readRepository } from '../objects.ts';
import { generate } from '../support.ts';

const STANDARD = generate({ name: 'my-cluster' });
const OTHER = generate({
  name: 'my-cluster',
  choices: { distribution: 'kind', mesh: 'none', secrets: 'sops', runtime: 'none', scanning: 'none' },
});
const BOTH = [
  ['istio, sealed-secrets', STANDARD],
  ['none, sops', OTHER],
] as const;

const page = ({ files }: typeof STANDARD, name: string) => files.get(`docs/${name}.md`)!;
/** The text below a heading, up to the next of its level or above. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  expect(start, heading).toBeGreaterThan(-1);
  const level = /^#+/.exec(heading)![0];
  const rest = text.slice(start + heading.length + 2);
  return rest.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0]!;
}
const incident = (repository: typeof STANDARD, heading: string) =>
  section(page(repository, 'runbooks/incident'), heading);

const hasJq = spawnSync('jq', ['--version']).status === 0;
if (!hasJq) console.warn('queries of runbooks: skipped, there is no jq');

/** Runs the first jq query of a text: flags, then one program in quotes. */
function query(text: string, input: unknown, args: string[] = []): string[] {
  const [, flags, program] = /\bjq ((?:-[a-z]+ )*)(?:--arg \S+ "?\S+"? )*(?:\\\n *)?'([^']*)'/.exec(text)!;
  const lines = Array.isArray(input) ? input : [input];
  const { stdout, stderr } = spawnSync('jq', [...flags!.trim().split(' '), ...args, program!], {
    input: lines.map((one) => JSON.stringify(one)).join('\n'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n').filter(Boolean);
}

const pod = (name: string, spec: object, namespace = 'shop') => ({
  metadata: { name, namespace },
  spec: { containers: [{ name: 'main' }], ...spec },
});

describe.skipIf(!hasJq && !process.env.CI)('queries', () => {
  const RISKY = [
    pod('host-pid', { hostPID: true }),
    pod('host-network', { hostNetwork: true }),
    pod('host-path', {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ],
    }),
    pod('privileged', { containers: [{ securityContext: { privileged: true } }] }),
    pod('init', { initContainers: [{ securityContext: { privileged: true } }] }),
    pod('debug', { ephemeralContainers: [{ securityContext: { privileged: true } }] }),
  ];

  test.each(BOTH)('[ir-pods] finds each risky pod once, and no other, with %s', (_, repository) => {
    const privileged = repository.plan.namespaces.filter((one) => one.podSecurity.enforce === 'privileged');
    const items = [
      ...RISKY,
      pod('harmless', { initContainers: [{}], volumes: [{ name: 'a', emptyDir: {} }] }),
      pod('plain', {}),
      ...privileged.map((one) => pod('agent', { hostNetwork: true }, one.name)),
    ];
    const text = incident(repository, '## 1. Pods that could reach the node');
    expect(query(text, { items })).toEqual(RISKY.map(({ metadata }) => `shop/${metadata.name}`));
  });

  test.each(BOTH)(
    '[ir-audit] finds what the account asked, as itself or by others, with %s',
    (_, repository) => {
      const account = 'system:serviceaccount:shop:frontend';
      const entry = (verb: string, username: string, more = {}) => ({
        verb,
        user: { username },
        requestURI: '/api/v1/secrets',
        requestReceivedTimestamp: 'now',
        responseStatus: { code: 200 },
        sourceIPs: ['192.0.2.1'],
        ...more,
      });
      const entries = [
        entry('list', account),
        entry('get', 'admin'),
        entry('delete', 'admin', { impersonatedUser: { username: account } }),
        entry('watch', `${account}-2`),
      ];
      const text = incident(repository, '## 2. What the identity asked the API server');
      const found = query(text, entries, ['--arg', 'account', account, '--arg', 'node', 'a']);
      expect(
        found.map((one) =>
          (JSON.parse(one) as string[]).find((part) => /^[a-z]{3,}$/.test(part) && part !== 'now'),
        ),
      ).toEqual(['list', 'delete']);
    },
  );

  test('[ir-rbac] finds each binding of the account, and none of its namesakes', () => {
    const binding = (name: string, kind: string, subjects?: object[]) => ({
      kind,
      metadata: { name, ...(kind === 'RoleBinding' && { namespace: 'shop' }) },
      roleRef: { kind: 'Role', name: 'reader' },
      subjects,
    });
    const items = [
      binding('here', 'RoleBinding', [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }]),
      binding('everywhere', 'ClusterRoleBinding', [
        { kind: 'Group', name: 'web' },
        { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
      ]),
      binding('elsewhere', 'RoleBinding', [{ kind: 'ServiceAccount', name: 'web', namespace: 'lab' }]),
      binding('person', 'RoleBinding', [{ kind: 'User', name: 'web', namespace: 'shop' }]),
      binding('nobody', 'RoleBinding'),
    ];
    const text = incident(STANDARD, '## 3. What the identity may do');
    expect(query(text, { items }, ['--arg', 'ns', 'shop', '--arg', 'sa', 'web'])).toEqual([
      'RoleBinding shop/here Role/reader',
      'ClusterRoleBinding -/everywhere Role/reader',
    ]);
  });

  test('[ir-net] reads the log of a proxy, whatever else stands in it: what is bad is seen', () => {
    const log = {
      start_time: 'now',
      route_name: 'block_all',
      method: 'GET',
      authority: 'files.example',
      path: '/',
      response_code: 502,
      response_flags: '-',
    };
    const text = incident(STANDARD, '## 4. Connections');
    const [, program] = /jq -Rr '([^']*)'/.exec(text)!;
    const { stdout } = spawnSync('jq', ['-Rr', program!], {
      input: `Envoy starts\n${JSON.stringify(log)}\n`,
      encoding: 'utf8',
    });
    expect(stdout).toBe('now\t\t\t\tblock_all\tGET\tfiles.example\t/\t502\t-\t\n');
  });
});

test.each(BOTH)(
  '[ir-net] a pod is looked at and cut off by the chosen components alone, with %s',
  (_, repository) => {
    const text = page(repository, 'runbooks/incident');
    expect(/istio|pilot-agent/.test(text)).toBe(repository.plan.choices['mesh'] === 'istio');
    expect(section(text, '## 5. Contain')).toMatch(/kubectl label pod "\$POD" -n "\$NAMESPACE"/);
    // First what a restart would lose, then the engine, then the pod.
    const order = ['mkdir -p "incident-$POD"', 'flux suspend kustomization', 'kubectl label pod'].map((one) =>
      text.indexOf(one),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  },
);

test.each(BOTH)(
  '[rotation] each secret has its readers, a command of its own, and what to restart, with %s',
  (_, repository) => {
    const text = page(repository, 'runbooks/rotation');
    expect(repository.plan.secrets.length).toBeGreaterThan(0);
    for (const { namespace, name, keys, usedBy } of repository.plan.secrets) {
      const line = text.split('\n').find((one) => one.startsWith(`| ${namespace}/${name} `))!;
      for (const part of [...keys, ...usedBy]) expect(line, name).toContain(part);
    }
    for (const { name, namespace, secrets, own } of repository.plan.services)
      if (secrets.length && !own)
        expect(text).toMatch(new RegExp(`kubectl rollout restart \\w+/${name} -n ${namespace}`));
  },
);

test.each(BOTH)('[break-glass] each way in ends with the way back, with %s', (_, repository) => {
  const text = page(repository, 'runbooks/break-glass');
  const policies = section(text, '## Policies block');
  for (const step of ['validatingpolicy', 'webhook.kyverno.io/managed-by=kyverno', 'Back:'])
    expect(policies).toContain(step);

  expect(section(text, '## Close it again')).toContain('flux resume kustomization --all');
  const { name } = repository.plan.namespaces.find((one) => one.kind === 'app')!;
  expect(section(text, '## Pod Security blocks')).toContain(`NAMESPACE=${name}`);
});

test.each(BOTH)(
  '[compliance-map] files are there, checks lead somewhere, and what is not enforced says so, with %s',
  (_, repository) => {
    const text = page(repository, 'compliance');
    const rows = text.split('\n').filter((line) => /^\| [A-Z]/.test(line));
    expect(rows.length).toBeGreaterThan(12);
    for (const row of rows) {
      const [, control, , files, check, guaranteed] = row.split('|').map((one) => one.trim());
      const folders = [...files!.matchAll(/\]\(\.\.\/([^)]*)\)/g)].map(([, one]) => one!);
      for (const folder of folders)
        expect(
          [...repository.files.keys()].some((file) => file.startsWith(folder)),
          `${control}: ${folder}`,
        ).toBe(true);
      for (const [, anchor] of check!.matchAll(/\]\(#([\w-]+)\)/g))
        expect(text.toLowerCase().replaceAll(' ', '-'), control).toContain(`\n###-${anchor}\n`);
      if (files === 'none') expect(guaranteed, control).toMatch(/\*\*not (met|measured|asked for)\*\*/);
    }
    for (const { control } of repository.plan.gaps)
      expect(section(text, '## Gaps')).toContain(`**${control}**`);
  },
);

const SYMPTOMS: [string, string[]][] = [
  [
    'always',
    [
      '403',
      '503',
      'times out',
      'does not resolve',
      'certificate stays pending',
      'pod does not start',
      'layer is not ready',
      'The Gateway has no proxies',
    ],
  ],
  ['istio', ['no sidecar']],
  ['sealed-secrets', ['sealed secret does not become']],
  ['kyverno', ['A policy refuses an object', '`failed calling webhook`']],
];

test.each(BOTH)(
  '[troubleshooting] each way to fail has a command, for what is chosen and nothing else, with %s',
  (_, repository) => {
    const text = page(repository, 'troubleshooting');
    const chosen = new Set(['always', ...Object.values(repository.plan.choices)]);
    for (const [option, titles] of SYMPTOMS)
      for (const title of titles) {
        const heading = text.split('\n').find((line) => line.startsWith('#') && line.includes(title));
        expect(heading !== undefined, `${option}: ${title}`).toBe(chosen.has(option));
        if (heading) expect(section(text, heading), heading).toMatch(/```sh\n|`kubectl /);
      }
  },
);

/** `deployment/NAME -n NAMESPACE`, however it is written. */
const NAMED =
  /\b(deployment|statefulset|daemonset)\/([a-z][\w-]*)\S*(?: --[\w-]+(?:=\S+)?)*? (?:-n |--namespace=)"?([a-z][\w-]*)/g;

test.each(BOTH)(
  '[troubleshooting] workloads that commands name are rendered, or made by a chart, with %s',
  (_, repository) => {
    const { objects } = readRepository(repository);
    const releases = new Set(repository.plan.releases.map(({ namespace }) => namespace));
    for (const [file, text] of repository.files)
      if (file.endsWith('.md'))
        for (const [, kind, name, namespace] of text.matchAll(NAMED)) {
          const isOurs = objects.some(
            (one) =>
              one.kind.toLowerCase() === kind &&
              one.metadata.name === name &&
              one.metadata.namespace === namespace,
          );
          expect(isOurs || releases.has(namespace!), `${file}: ${kind}/${name} in ${namespace}`).toBe(true);
        }
  },
);
