import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRepository } from '../objects.ts';
import { sectionOf, podForTheEngine } from '../pages.ts';
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
const section = sectionOf;
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

  test.each(BOTH)(
    '[ir-audit] shows changes by people, strangers and accounts of services, and no controller at work, with %s',
    (_, repository) => {
      const { plan } = repository;
      const entry = (username: string, requestURI = '/api/v1/namespaces/shop/pods', verb = 'create') => ({
        verb,
        user: { username },
        requestURI,
        requestReceivedTimestamp: 'now',
        responseStatus: { code: 201 },
      });
      const account = (namespace: string) => `system:serviceaccount:${namespace}:default`;
      const app = plan.namespaces.find(({ kind }) => kind === 'app')!.name;
      const seen = [
        'oidc:eve',
        'system:admin',
        'system:anonymous',
        account(app),
        account('gateway'),
        // Names that begin like those of controllers.
        account('kube-system-2'),
        'system:apiserver-2',
      ];
      const controllers = plan.namespaces.filter(({ kind }) => kind === 'platform').map(({ name }) => name);
      expect(controllers).toContain('cert-manager');
      const unseen = [
        ...['flux-system', 'kube-system', ...controllers].map(account),
        'system:node:a',
        'system:kube-scheduler',
        'system:apiserver',
      ];
      const entries = [
        ...[...seen, ...unseen].map((one) => entry(one)),
        entry('oidc:eve', '/api/v1/namespaces/shop/pods', 'list'),
        entry('oidc:eve', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
        entry('oidc:eve', '/apis/authentication.k8s.io/v1/selfsubjectreviews'),
      ];
      const text = section(page(repository, 'runbooks/audit-trail'), '### What the API server was asked');
      const found = query(text, entries, ['--arg', 'node', 'a']).map((one) => JSON.parse(one) as string[]);
      expect(found.map((one) => one.find((part) => seen.includes(part)))).toEqual(seen);
      // From the nodes, not from a file that happens to lie here.
      expect(text).toMatch(/(ssh "\$node"|docker exec my-cluster-control-plane) /);
      expect(text).not.toMatch(/' audit\.log/);
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
      'A request from outside is refused',
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
        if (heading) expect(section(text, heading), heading).toMatch(/```(?:ba)?sh\n|`kubectl /);
      }
  },
);

/** Every component that brings symptoms of its own, and their headings. */
const OWN_SYMPTOMS = readdirSync('templates', { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep))
  .filter(([, , parts, file]) => parts === 'parts' && file?.startsWith('troubleshooting.'))
  .map(([slot, option, ...rest]) => ({
    slot: slot!,
    option: option!,
    headings:
      readFileSync(path.join('templates', slot!, option!, ...rest), 'utf8').match(/^### .*$/gm) ??
      ([] as string[]),
  }));

test.each(OWN_SYMPTOMS)(
  '[troubleshooting] $slot $option: its symptoms have commands, and those of other options are not there',
  ({ slot, option, headings }) => {
    const { files } = generate({ name: 'my-cluster', choices: { [slot]: option } });
    const text = files.get('docs/troubleshooting.md')!;
    expect(headings.length).toBeGreaterThan(0);
    for (const heading of headings) expect(section(text, heading), heading).toMatch(/```sh\n|`\w/);
    for (const other of OWN_SYMPTOMS.filter((one) => one.slot === slot))
      for (const heading of other.headings)
        expect(text.includes(`\n${heading}\n`), heading).toBe(headings.includes(heading));
  },
);

test('[troubleshooting] in the network of a pod addresses are asked, and a sidecar answers for others', () => {
  for (const [mesh, repository] of [
    ['istio', STANDARD],
    ['none', OTHER],
  ] as const) {
    const text = section(page(repository, 'troubleshooting'), "## Inside a pod's network");
    expect(text).toContain('kubectl get service kube-dns -n kube-system -o jsonpath=');
    expect(text.includes('nc -zv` says open for what is blocked')).toBe(mesh === 'istio');
  }
});

test('[np-dns] what allows the cache of a node already is told of it, and nobody else', () => {
  const names = (choices: object, inputs = {}) =>
    section(
      page(generate({ name: 'my-cluster', choices, inputs }), 'troubleshooting'),
      '## A name does not resolve',
    ).includes('set `nodeLocalDns`');
  expect(names({})).toBe(true);
  expect(names({}, { nodeLocalDns: true })).toBe(false);
  expect(names({ distribution: 'gke' })).toBe(false);
});

const JWT = {
  jwtIssuer: 'https://login.acme.example/',
  jwtJwks: 'https://login.acme.example/keys',
  jwtCidrs: ['192.0.2.30/32'],
};
const LIMITS = { rateLimit: '100/second', maxRequestBody: '10Mi' };
const limited = (mesh: string, inputs: object = {}, choices: object = {}) =>
  generate({ name: 'my-cluster', choices: { mesh, ...choices }, inputs: { ...JWT, ...LIMITS, ...inputs } });

test.each([
  ['istio', STANDARD, []],
  ['none', OTHER, []],
  ['istio, tokens, limits', limited('istio'), ['401', '429', '413']],
  ['none, tokens, limits', limited('none'), ['401', '429', '413']],
  [
    'a tunnel',
    generate({ name: 'dug', choices: { edge: 'cloudflare' } }),
    ['no answer: the handshake fails', '502 or 530'],
  ],
  [
    'Cloud Armor',
    generate({
      name: 'cloud',
      choices: { distribution: 'gke', edge: 'cloud-armor', dns: 'cloudflare' },
      inputs: { securityPolicy: 'edge' },
    }),
    ['502 or 503 from the load balancer'],
  ],
])('[troubleshooting] a heading for each answer that can come, with %s', (_, repository, more) => {
  const text = section(page(repository, 'troubleshooting'), '## A request from outside is refused');
  const headings = [...text.matchAll(/^### It gets (.*)$/gm)].map(([, one]) => one);
  expect(headings).toEqual(['403', '404', ...more]);
  for (const one of headings) expect(section(text, `### It gets ${one}`), one).toMatch(/^- `|^- Not `/m);
});

test.each([
  ['istio', {}, '403'],
  ['istio', { jwtOpenPaths: ['/health'] }, '403'],
  ['none', {}, '401'],
  ['none', { jwtOpenPaths: ['/health'] }, '403'],
])(
  '[gw-jwt] with mesh %s and %o a request without a token gets %s, as every text says',
  (mesh, inputs, code) => {
    const repository = limited(mesh, { ...inputs, jwtAudiences: ['shop'] });
    expect(section(page(repository, 'compliance'), '### Entry')).toContain(`each answer must be ${code}`);
    const file =
      mesh === 'istio' ? 'security/zero-trust/gateway-jwt.yaml' : 'infrastructure/gateway/jwt.yaml';
    const comment = repository.files.get(file)!.split('\napiVersion')[0]!.replaceAll('\n# ', ' ');
    expect(comment).toMatch(
      new RegExp(`one without a token(, or with one for another audience,)? with ${code}`),
    );
    // Whatever the gateway, Envoy answers a token for somebody else with 403.
    expect(comment).toMatch(/with one for another audience,? with 403/);
    const missing = section(page(repository, 'troubleshooting'), `### It gets ${code}`);
    expect(missing).toContain('no token');
  },
);

test('[gw-rate-limit] the map leads to checks that send too much, and show the headers', () => {
  const text = page(limited('istio'), 'compliance');
  expect(text).toMatch(/^\| Limits of public requests .*\[limits\]\(#limits\)/m);
  expect(text).toMatch(/^\| Headers for browsers .*\[headers\]\(#headers\)/m);
  const limits = section(text, '### Limits');
  for (const part of ['[1-$((100 * 10))]', '429', `$((${10 * 2 ** 20} + 1))`, '413', 'Bearer'])
    expect(limits).toContain(part);
  expect(section(text, '### Headers')).toContain('strict-transport-security');
});

test('[np-deny] the segmentation check says of each service what became of it, after a control', () => {
  const text = section(page(STANDARD, 'compliance'), '### Segmentation');
  const [, script, list] = /sh -c '([^']*)' <<'END'\n([\s\S]*?)^END$/m.exec(text)!;
  const nc = 'nc() { echo "nc: $3 $4"; [ "$3" = kube-dns.kube-system ]; }\n';
  const { stdout } = spawnSync('sh', ['-c', nc + script], { input: list, encoding: 'utf8' });
  const services = ['frontend', 'api-service', 'backend-service'].map((one) => `nc: ${one}.shop 8080`);
  expect(stdout.trim().split('\n')).toEqual(['nc: kube-dns.kube-system 53', ...services]);
});

test.each(['kyverno', 'gatekeeper'])(
  '[compliance-map] with %s a pod that only the engine can refuse',
  (policy) => {
    const text = page(generate({ name: 'my-cluster', choices: { policy } }), 'compliance');
    const pod = podForTheEngine(text);
    const [container] = pod.spec.containers;
    expect(pod.metadata.labels).toBeUndefined();
    expect(container.securityContext.readOnlyRootFilesystem).toBeUndefined();
    expect(container.image).not.toContain('@sha256:');
    const said = section(text, '### Admission');
    expect(said).toContain('denied the request');
    // Webhooks are asked at the same time: any of what the pod breaks may be named, as the engines find it in verdicts.engine.ts.
    for (const rule of ['allowed-registries', 'read-only-root', 'require-digest', 'require-labels'])
      expect(said).toContain(policy === 'kyverno' ? `\`Policy ${rule}\`` : `\`[${rule}]\``);
  },
);

const CONSTRAINTS = [
  { name: 'loaded', byPod: [{ enforced: true, operations: ['webhook'] }, { operations: ['audit'] }] },
  { name: 'in-audit-alone', byPod: [{ enforced: true, operations: ['audit', 'status'] }] },
  { name: 'not-enforced', byPod: [{ enforced: false, operations: ['webhook'] }] },
  { name: 'unread' },
];

test.skipIf(!hasJq && !process.env.CI)(
  '[gk-constraint] only what a webhook has loaded counts as enforced',
  () => {
    const repository = generate({ name: 'my-cluster', choices: { policy: 'gatekeeper' } });
    const text = section(page(repository, 'troubleshooting'), '### A rule does not refuse what it should');
    const items = CONSTRAINTS.map(({ name, byPod }) => ({
      metadata: { name },
      spec: { enforcementAction: 'deny' },
      status: { byPod },
    }));
    expect(query(text, { items })).toEqual([
      'loaded deny true',
      'in-audit-alone deny false',
      'not-enforced deny false',
      'unread deny false',
    ]);
  },
);

test('[issuer-dns01] each host has a record of its own, a wildcard that of its domain', () => {
  const { files, plan } = generate({
    name: 'my-cluster',
    choices: { dns: 'cloudflare' },
    services: [
      {
        name: 'web',
        namespace: 'shop',
        image: `ghcr.io/acme/web@sha256:${'0'.repeat(64)}`,
        port: 8080,
        expose: [{ host: '*' }, { host: 'www' }],
      },
    ],
  });
  const loop = /for host in[\s\S]*?^done$/m.exec(files.get('docs/certificates.md')!)![0];
  const { stdout } = spawnSync('bash', ['-c', `dig() { echo "$3"; }\n${loop}`], { encoding: 'utf8' });
  expect(plan.hosts.map(({ host }) => host)).toEqual(['*.example.com', 'www.example.com']);
  expect(stdout.trim().split('\n')).toEqual([
    '_acme-challenge.example.com',
    '_acme-challenge.www.example.com',
  ]);
});

test.each([
  ['none', ['wrong status code']],
  ['cloudflare', ['Found no Zones for domain', 'Cloudflare token invalid']],
])('[issuer-dns01] with dns %s only its own reasons are named, and no other challenge', (dns, reasons) => {
  const { files } = generate({ name: 'my-cluster', choices: { dns } });
  const text = section(files.get('docs/troubleshooting.md')!, '## A certificate stays pending');
  for (const one of ['wrong status code', 'Found no Zones for domain', 'Cloudflare token invalid'])
    expect(text.includes(one), one).toBe(reasons.includes(one));
  const texts = [...files].filter(([path]) => !path.startsWith('docs/verify'));
  const http01 = texts.filter(([, one]) => /ACME challenges|certificate challenges|port 80 must/.test(one));
  if (dns === 'none') expect(http01.length).toBeGreaterThan(3);
  else expect(http01.map(([path]) => path)).toEqual([]);
});

test.each([
  ['none', /--insecure[^\n]*--resolve "\$host:443:\$ADDRESS"/, 'browsers refuse them'],
  ['cloudflare', /curl -sS "https:/, 'every host answers 502'],
])(
  '[certificate] with edge %s requests are asked as they can be answered while certificates are staging',
  (edge, asks, said) => {
    const { files } = generate({ name: 'my-cluster', choices: { edge } });
    const all = ['compliance', 'troubleshooting'].map((one) => files.get(`docs/${one}.md`)!);
    for (const text of all) expect(text).toMatch(asks);
    for (const one of ['certificates', 'checklist']) expect(files.get(`docs/${one}.md`)).toContain(said);
    expect(files.get('docs/checklist.md')).toContain('certificates.md#from-staging-to-production');

    const done = generate({
      name: 'my-cluster',
      choices: { edge },
      inputs: { acmeEnvironment: 'production' },
    });
    const texts = [...done.files].filter(
      ([path]) => /^docs\/[a-z]+\.md$/.test(path) && path !== 'docs/edge.md',
    );
    expect(
      texts.filter(([, text]) => /--insecure|staging-to-production/.test(text)).map(([path]) => path),
    ).toEqual([]);
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
