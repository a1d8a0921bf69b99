import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { check } from 'prettier';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../src/types/plan.ts';
import { fencesOf, inputsOfKubectl } from './pages.ts';
import { generate } from './support.ts';

/** Files that `create` writes beside those of the Plan. */
const WRITTEN = ['zero-trust.yaml', '.zero-trust/ledger.json'];
/** Namespaces that commands may name though others own them. */
const FOREIGN = ['kube-system', 'default', 'flux-system'];

const BLUEPRINTS = {
  default: { name: 'my-cluster' },
  'without a mesh': { name: 'plain', choices: { mesh: 'none' } },
  cilium: { name: 'named', choices: { mesh: 'none', network: 'cilium', distribution: 'kind' } },
  sops: { name: 'aged', choices: { secrets: 'sops' } },
  cloudflare: { name: 'wild', choices: { dns: 'cloudflare' } },
  'behind a tunnel': { name: 'dug', choices: { edge: 'cloudflare' } },
  'on GKE': { name: 'cloud', choices: { distribution: 'gke', edge: 'cloud-armor', dns: 'cloudflare' } },
  'on GKE, no edge': { name: 'bare-cloud', choices: { distribution: 'gke', mesh: 'none' }, services: [] },
  'on GKE, with people and a store': {
    name: 'people',
    choices: { distribution: 'gke', secrets: 'external-secrets' },
    inputs: {
      storeAddress: 'https://vault.corp.test:8200',
      storeCidrs: ['192.0.2.20/32'],
      onCall: ['on-call@example.com'],
      alertSink: 'alertmanager',
    },
  },
  'on kind, with people': {
    name: 'both',
    choices: { distribution: 'kind' },
    inputs: { auditors: ['oidc:audit'], exemptNamespaces: ['tools'], alertSink: 'msteams' },
  },
  'with a token and limits': {
    name: 'narrow',
    inputs: {
      jwtIssuer: 'https://login.example.com',
      jwtJwks: 'https://login.example.com/.well-known/jwks.json',
      wideEgress: true,
      rateLimit: '100/second',
      maxRequestBody: '10Mi',
    },
  },
  'nothing optional': {
    name: 'bare',
    choices: { mesh: 'none', runtime: 'none', scanning: 'none', ci: 'none', distribution: 'kind' },
  },
  'no services': { name: 'empty', services: [] },
  'awkward names': {
    name: 'odd',
    inputs: { wideEgress: true, scraperNamespace: 'monitoring' },
    namespaces: [{ name: 'end', stages: { podSecurity: 'audit', policies: 'audit', network: 'audit' } }],
    services: [
      {
        name: 'style-graph',
        namespace: 'end',
        image: 'ghcr.io/org/a:1',
        ports: [
          { name: 'web', port: 80, targetPort: 8080 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
        expose: [{ host: '@' }, { host: 'a-b', paths: ['/x'] }],
        egress: [
          { host: 'api.example.org', port: 443 },
          { cidr: '2001:db8::/32', port: 5432 },
        ],
        calls: [{ to: 'a--b/c', methods: ['GET'], paths: ['/a|b', '/"#;%%<x>', '/v1/*'] }],
        secrets: [{ name: 'tokens', keys: ['api-key'] }],
        metrics: { port: 80 },
      },
      {
        name: 'c',
        namespace: 'a--b',
        image: 'ghcr.io/org/b:1',
        port: 8080,
        callers: 'everyone',
        kubernetesApi: [{ resources: ['pods'], verbs: ['get'] }],
      },
      {
        name: 'b--c',
        namespace: 'a',
        image: `ghcr.io/org/c@sha256:${'0'.repeat(64)}`,
        port: 8080,
        root: { reason: 'a legacy image', owner: 'team', expires: '2027-01-31' },
      },
    ],
  },
};

/** Secrets that have a value, whose pages tell how it is changed. */
const SEALED: Record<string, string[]> = {
  cilium: ['shop/app-credentials'],
  sops: ['shop/app-credentials', 'falco/falco-alerts'],
};

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;
const hasDash = spawnSync('dash', ['-c', 'true']).status === 0;
const ONLY_BASH = /<\(|<<<|\[\[ |\$\{\w+\/|^\s*local |\bread -\w*s/m;
const OF_ZSH = ['path', 'status', 'argv', 'cdpath', 'fpath', 'mailpath', 'manpath'];
/** A variable that gets a value, and those that `read` fills. */
const ASSIGNED = /(?:^|[\s;(])(?:for )?([A-Za-z_]\w*)(?:=| in )/gm;
const READ = /\bread(?: -\w+)* ([A-Za-z_][\w ]*)/g;

/** Looks at each text once: many stand in every repository. */
function once<T>(look: (text: string, kind: string) => T): (text: string, kind: string) => T {
  const known = new Map<string, T>();
  return (text, kind) => {
    const key = `${kind}\n${text}`;
    if (!known.has(key)) known.set(key, look(text, kind));
    return known.get(key)!;
  };
}
const unread = once((script, shell) => {
  const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
  return status === 0 ? '' : `${shell}: ${stderr}`;
});
const isFormatted = once((text, extension) => check(text, { filepath: `a${extension}` }));

describe.each(Object.entries(BLUEPRINTS))('documentation: %s', (title, blueprint) => {
  const { plan, files } = generate(blueprint, SEALED[title]);
  const pages = [...files].filter(([name]) => name.endsWith('.md'));

  test('has the pages that the README promises', () => {
    const promised = [
      'architecture',
      'zero-trust',
      'compliance',
      'checklist',
      'troubleshooting',
      'bootstrap',
      'edge',
    ];
    const runbooks = [
      'incident',
      'break-glass',
      'rotation',
      'audit-trail',
      'backup',
      ...(plan.capabilities.includes('scanning') ? ['scans'] : []),
    ];
    for (const page of [...promised, ...runbooks.map((one) => `runbooks/${one}`)])
      expect([...files.keys()]).toContain(`docs/${page}.md`);
  });

  test('links lead to a file, and to a heading of it', () => {
    const ciphertext = plan.secrets
      .filter(({ sealed }) => sealed)
      .map(({ path: file }) => [file, ''] as const);
    const all = new Map([...files, ...ciphertext]);
    const broken = pages.flatMap(([name, text]) =>
      linksOf(text)
        .filter((link) => !leads(name, link, all))
        .map((link) => `${name}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test.skipIf(!hasBash)('commands parse', () => {
    const broken = pages.flatMap(([name, text]) =>
      fencesOf(text, 'sh', 'bash')
        .map((script) => ({ script, said: unread(script, 'bash') }))
        .filter((one) => one.said)
        .map((one) => `${name}: ${one.said}\n${one.script}`),
    );
    expect(broken).toEqual([]);
  });

  // Pasted into a shell that has no bracketed paste, a read takes the next line of its block for the answer.
  test('nothing follows a question in its block, but what is one command with it', () => {
    const swallowed = pages.flatMap(([name, text]) =>
      fencesOf(text, 'sh', 'bash').flatMap((script) => {
        const lines = script.trimEnd().split('\n');
        const asked = lines.findIndex((line) =>
          /\bprintf '[^']*: ' && read -rs? |^(flux bootstrap|vault login|vault kv put .* -( |$))/.test(line),
        );
        const rest = asked < 0 ? [] : lines.slice(asked, -1);
        return rest.filter((line) => !/(&&|\\)$/.test(line)).map((line) => `${name}: ${line}`);
      }),
    );
    expect(swallowed).toEqual([]);
    const reads = pages.flatMap(
      ([, text]) =>
        fencesOf(text, 'sh', 'bash')
          .join('')
          .match(/.*\bread -rs? [A-Z].*/g) ?? [],
    );
    expect(reads.filter((line) => !/printf '[^']*: ' && read|while read/.test(line))).toEqual([]);
  });

  test.skipIf(!hasDash)('what bash alone reads is not called sh', () => {
    const scripts = pages.flatMap(([name, text]) => fencesOf(text, 'sh').map((script) => ({ name, script })));
    expect(scripts.length).toBeGreaterThan(20);
    const broken = scripts
      .filter(({ script }) => ONLY_BASH.test(script) || unread(script, 'dash'))
      .map(({ name, script }) => `${name}:\n${script}`);
    expect(broken).toEqual([]);
  });

  // zsh ties them to its own settings: with another `path` no program is found any more.
  test('no variable of a command is one of zsh', () => {
    const taken = pages.flatMap(([name, text]) =>
      fencesOf(text, 'sh', 'bash').flatMap((script) =>
        [...namesAfter(script, ASSIGNED), ...namesAfter(script, READ).flatMap((names) => names.split(' '))]
          .filter((one) => OF_ZSH.includes(one))
          .map((one) => `${name}: ${one}`),
      ),
    );
    expect(taken).toEqual([]);
  });

  test('dates are made by programs that every system has', () => {
    const gnu = pages.filter(([, text]) =>
      fencesOf(text, 'sh', 'bash').some((one) => /\bdate (-u )?-d\b/.test(one)),
    );
    expect(gnu.map(([name]) => name)).toEqual([]);
  });

  test('variables of commands are set on their page', () => {
    const unset = pages.flatMap(([name, text]) => {
      // Runbooks and README name places for what only their reader knows.
      if (!/^docs\/[^/]*$/.test(name)) return [];
      const scripts = fencesOf(text, 'sh', 'bash').join('\n');
      const used = namesAfter(scripts, /(?<![\\'])\$\{?([A-Z][A-Z0-9_]*)\b/g);
      const isSet = (one: string) =>
        one === 'PWD' ||
        new RegExp(`\\b${one}=|\\bread -rs? (\\w+ )*${one}\\b|\\bfor ${one} in\\b|\\$\\{${one}:[?-]`).test(
          scripts,
        );
      return [...new Set(used)].filter((one) => !isSet(one)).map((one) => `${name}: ${one}`);
    });
    expect(unset).toEqual([]);
  });

  // What starts with a brace is read as JSON.
  test('objects in commands are ones that kubectl reads', () => {
    const objects = pages.flatMap(([, text]) => inputsOfKubectl(text));
    expect(objects.length).toBeGreaterThan(1);
    for (const text of objects) {
      expect(text).not.toMatch(/^\s*[{[]/);
      expect(parse(text)).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
    }
  });

  // With a selector kubectl reads the last ten lines of each pod, whatever --since says.
  test('logs of a selector say how much is read', () => {
    const short = pages.flatMap(([name, text]) =>
      fencesOf(text, 'sh', 'bash').flatMap((script) =>
        script
          .replaceAll('\\\n', ' ')
          .split('\n')
          .filter((line) => /kubectl logs .*(-l|--selector)[ =]/.test(line) && !line.includes('--tail'))
          .map((line) => `${name}: ${line}`),
      ),
    );
    expect(short).toEqual([]);
  });

  test('no fence is empty', () => {
    expect(pages.filter(([, text]) => /^\s*(`{3,})\w+\n\s*\1$/m.test(text)).map(([name]) => name)).toEqual(
      [],
    );
  });

  test('namespaces and layers in commands are those of the Plan', () => {
    const namespaces = new Set(
      [...plan.namespaces, ...plan.endpoints.map((one) => ({ name: one.namespace }))]
        .map((one) => one.name)
        .concat(FOREIGN),
    );
    const layers = new Set([...plan.layers.map((one) => one.name), 'flux-system']);
    const unknown = pages.flatMap(([name, text]) =>
      fencesOf(text, 'sh', 'bash').flatMap((script) =>
        [
          ...namesAfter(script, /(?:^|\s)(?:-n|--namespace)[ =]"?([a-z][\w-]*)\b/g).filter(
            (one) => !namespaces.has(one),
          ),
          ...namesAfter(script, /\bKustomization\/([a-z][\w-]*)\b/g).filter((one) => !layers.has(one)),
          ...namesAfter(script, /\bkustomization ([a-z][\w-]*)\b/g).filter((one) => !layers.has(one)),
        ].map((one) => `${name}: ${one}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  test('nothing is left open', () => {
    const open = pages
      .filter(([, text]) => /undefined|\{\{[^{]*\}\}|\[object Object\]|TODO|NaN/.test(text))
      .map(([name]) => name);
    expect(open).toEqual([]);
  });

  test('every rendered page and manifest is as prettier leaves it', async () => {
    const unformatted: string[] = [];
    for (const [name, text] of files) {
      if (/\.(md|ya?ml|json)$/.test(name) && !(await isFormatted(text, path.extname(name))))
        unformatted.push(name);
    }
    expect(unformatted).toEqual([]);
  });

  test('[layers] the picture of calls shows each declared connection, and no other', () => {
    expect(new Set(arrowsOf(plan.diagrams.calls).map(unnumbered))).toEqual(
      new Set(declaredArrows(plan).map(unnumbered)),
    );
  });
});

describe('pictures', () => {
  const many = (count: number, perNamespace: number, callees: number) => {
    const place = (index: number) => ({
      name: `service-${index}`,
      namespace: `ns-${Math.floor(index / perNamespace)}`,
    });
    return Array.from({ length: count }, (_, index) => ({
      ...place(index),
      image: `ghcr.io/org/a@sha256:${'0'.repeat(64)}`,
      port: 8080,
      calls: Array.from({ length: callees }, (__, step) => place((index + step + 1) % count)).map((to) => ({
        to: `${to.namespace}/${to.name}`,
      })),
    }));
  };

  test.each([10, 1])(
    'of 1,000 services, %i in a namespace, are small enough for a viewer',
    (perNamespace) => {
      const { plan } = generate({ name: 'large', services: many(1000, perNamespace, 2) });
      for (const picture of Object.values(plan.diagrams)) {
        expect(picture.length).toBeLessThan(50_000);
        expect(arrowsOf(picture).length).toBeLessThan(500);
      }
      expect(plan.diagrams.calls).toContain(perNamespace === 1 ? '900 more namespaces' : '10 services');
    },
  );

  test('say how many arrows are left out', () => {
    const { plan } = generate({ name: 'dense', services: many(60, 1, 9) });
    expect(plan.diagrams.calls).toContain('and 141 more arrows: see the table');
    expect(arrowsOf(plan.diagrams.calls)).toHaveLength(400);
  });

  test('escape what Mermaid reads, and give each node its own id', () => {
    const { plan } = generate(BLUEPRINTS['awkward names']);
    for (const picture of Object.values(plan.diagrams)) {
      const ids = [...picture.matchAll(/^ +(?:subgraph )?(\w+)\["/gm)].map((match) => match[1]);
      expect(new Set(ids).size).toBe(ids.length);
      for (const text of picture.matchAll(/"([^"\n]*)"/g))
        expect(text[1]!.replaceAll('<br/>', '')).not.toMatch(/[`<>%\\]/);
    }
  });

  test('of layers imply every dependency', () => {
    const { plan } = generate({ name: 'my-cluster' });
    const arrows = arrowsOf(plan.diagrams.layers).map((arrow) => arrow.split(' '));
    const reaches = (from: string, to: string): boolean =>
      arrows.some(([a, b]) => a === from && (b === to || reaches(b!, to)));
    for (const layer of plan.layers)
      for (const before of layer.after)
        expect(reaches(id(before), id(layer.name)), `${before} → ${layer.name}`).toBe(true);
  });
});

function linksOf(text: string): string[] {
  const prose = text.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, '').replace(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leads(page: string, link: string, files: Map<string, string>): boolean {
  const [file = '', heading] = link.split('#');
  const target = file ? path.posix.join(path.posix.dirname(page), file) : page;
  const names = [...files.keys(), ...WRITTEN];
  if (target.endsWith('/')) return names.some((name) => name.startsWith(target));
  if (heading) return headingsOf(files.get(target) ?? '').includes(heading);
  return names.includes(target) || names.some((name) => name.startsWith(`${target}/`));
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

const namesAfter = (script: string, pattern: RegExp) =>
  [...script.matchAll(pattern)].map((match) => match[1]!);

const id = (key: string) => `n_${key.replace(/[^a-z0-9]+/gi, '_')}`;
/** Without the number that tells apart two names that look alike to Mermaid. */
const unnumbered = (arrow: string) => arrow.replaceAll(/_\d+\b/g, '');
const arrowsOf = (picture: string) =>
  [...picture.matchAll(/^ +(\w+) -->(?:\|"[^\n]*"\|)? (\w+)$/gm)].map((match) => `${match[1]} ${match[2]}`);

function declaredArrows(plan: Plan): string[] {
  const apps = new Set(plan.namespaces.filter((one) => one.kind === 'app').map((one) => one.name));
  return plan.flows
    .filter(({ from, to, group }) =>
      from.kind === 'anyone'
        ? to.id === 'gateway'
        : group !== 'dns' && group !== 'platform' && (apps.has(from.namespace) || apps.has(to.namespace)),
    )
    .map(({ from, to }) => `${id(from.id)} ${id(to.id)}`);
}
