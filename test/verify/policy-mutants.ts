/** A parsed object, as loose as a hand that edits it. */
export type Body = any;

export interface Mutant {
  name: string;
  /** Absent: the object is gone. */
  body: Body | undefined;
  /** Why the cluster does the same with it. */
  changesNothing?: string;
}

type Edit = [name: string, edit: (body: Body) => void, changesNothing?: string | false | undefined];

const EDITS: Record<string, (body: Body) => Edit[]> = {
  NetworkPolicy: networkEdits,
  AuthorizationPolicy: accessEdits,
  PeerAuthentication: mutualTlsEdits,
};

/** What a hand may get wrong in a policy: one thing at a time. */
export function mutantsOf(body: Body): Mutant[] {
  const mutants = (EDITS[body.kind]?.(body) ?? []).map(([name, edit, changesNothing]): Mutant => {
    const copy = structuredClone(body);
    edit(copy);
    return { name, body: copy, ...(changesNothing && { changesNothing }) };
  });
  const same = JSON.stringify(body);
  return [{ name: 'drop', body: undefined }, ...mutants.filter((one) => JSON.stringify(one.body) !== same)];
}

const NAME = 'kubernetes.io/metadata.name';
const SAME = "the namespace is the policy's own";

function networkEdits({ metadata, spec }: Body): Edit[] {
  const types: string[] = spec.policyTypes;
  return [
    ['empty selector', (x) => (x.spec.podSelector = {})],
    ...Object.keys(spec.podSelector.matchLabels ?? {}).map((key): Edit => [
      `selector ${key}`,
      (x) => (x.spec.podSelector.matchLabels[key] += 'x'),
    ]),
    ...types.map((type): Edit => [
      `without ${type}`,
      (x) => (x.spec.policyTypes = types.filter((one) => one !== type)),
      types.length === 1
        ? 'without any type the default is the same, and default-deny isolates the other direction'
        : type === 'Egress' && !spec.egress && 'allow-dns isolates every pod for egress',
    ]),
    ...(['ingress', 'egress'] as const).flatMap((direction): Edit[] => [
      [
        `open ${direction}`,
        (x) => {
          x.spec[direction] = [...(x.spec[direction] ?? []), {}];
          x.spec.policyTypes = ['Ingress', 'Egress'];
        },
      ],
      ...(spec[direction] ?? []).flatMap((rule: Body, index: number) =>
        ruleEdits(metadata, direction, rule, index),
      ),
    ]),
  ];
}

function ruleEdits(metadata: Body, direction: 'ingress' | 'egress', rule: Body, index: number): Edit[] {
  const field = direction === 'ingress' ? 'from' : 'to';
  const at = (x: Body) => x.spec[direction][index];
  // Anyone may call the Gateway on port 80, cert-manager too.
  const twice =
    metadata.name === 'allow-gateway-gateway' && direction === 'ingress' && index === 2
      ? 'another rule lets anyone in on port 80'
      : undefined;
  const named = (name: string) => `${direction} ${index} ${name}`;
  const edits: Edit[] = [
    [named('gone'), (x) => x.spec[direction].splice(index, 1), twice],
    [named('every port'), (x) => delete at(x).ports],
    [named('one more port'), (x) => at(x).ports.push({ port: 9999, protocol: 'TCP' })],
    ...rule.ports.flatMap(({ port, protocol }: Body, number: number): Edit[] => [
      [named(`without port ${number}`), (x) => at(x).ports.splice(number, 1)],
      [named(`port ${port + 1}`), (x) => at(x).ports[number].port++],
      [named('endPort'), (x) => (at(x).ports[number].endPort = port + 5)],
      [named('protocol'), (x) => (at(x).ports[number].protocol = protocol === 'TCP' ? 'UDP' : 'SCTP')],
    ]),
  ];
  if (!rule[field]) return edits;
  return [
    ...edits,
    [named('any peer'), (x) => delete at(x)[field], twice],
    [
      named('one more namespace'),
      (x) => at(x)[field].push({ namespaceSelector: { matchLabels: { [NAME]: 'default' } } }),
      twice,
    ],
    ...rule[field].flatMap((peer: Body, number: number) =>
      peerEdits(metadata, peer, (x) => at(x)[field], number).map(([name, edit, why]): Edit => [
        named(`peer ${number} ${name}`),
        edit,
        twice ?? why,
      ]),
    ),
  ];
}

function peerEdits(metadata: Body, peer: Body, at: (x: Body) => Body, number: number): Edit[] {
  const gone: Edit = ['gone', (x) => at(x).splice(number, 1)];
  if (peer.ipBlock)
    return [
      gone,
      ['another network', (x) => (at(x)[number].ipBlock = { cidr: '203.0.113.0/24' })],
      ...(peer.ipBlock.except ?? []).map((_: string, index: number): Edit => [
        `without exception ${index}`,
        (x) => at(x)[number].ipBlock.except.splice(index, 1),
      ]),
    ];
  const own = peer.namespaceSelector.matchLabels[NAME] === metadata.namespace && SAME;
  const labels = Object.keys(peer.podSelector?.matchLabels ?? {});
  return [
    gone,
    ['own namespace', (x) => delete at(x)[number].namespaceSelector, own],
    ['any namespace', (x) => (at(x)[number].namespaceSelector = {})],
    ['other namespace', (x) => (at(x)[number].namespaceSelector.matchLabels[NAME] = 'default')],
    ['every pod', (x) => delete at(x)[number].podSelector],
    ...labels.flatMap((key): Edit[] => [
      [`label ${key}`, (x) => (at(x)[number].podSelector.matchLabels[key] += 'x')],
      [
        `without label ${key}`,
        (x) => delete at(x)[number].podSelector.matchLabels[key],
        labels.length > 1 && 'the other label is of no other pod that is known',
      ],
    ]),
  ];
}

function accessEdits({ spec }: Body): Edit[] {
  return [
    ...['DENY', 'AUDIT', 'CUSTOM'].map((action): Edit => [action, (x) => (x.spec.action = action)]),
    ['allow all', (x) => (x.spec.rules = [{}])],
    ['dry run', (x) => (x.metadata.annotations = { 'istio.io/dry-run': 'true' })],
    ['other namespace', (x) => (x.metadata.namespace = 'cert-manager')],
    ...(spec.selector
      ? ([
          ['without selector', (x) => delete x.spec.selector],
          ['other selector', (x) => (x.spec.selector.matchLabels = { app: 'nobody' })],
        ] as Edit[])
      : []),
    ...(spec.targetRefs
      ? ([
          [
            'without targetRefs',
            (x) => delete x.spec.targetRefs,
            'the Gateway is the only pod of the mesh there',
          ],
          ['other target', (x) => (x.spec.targetRefs[0].name = 'private')],
        ] as Edit[])
      : []),
    ...(spec.rules ?? []).flatMap(authorizationEdits),
  ];
}

const PRINCIPALS = [
  '*',
  'cluster.local/ns/default/sa/evil',
  'cluster.local/ns/shop/sa/*',
  'cluster.local/ns/shop/sa/default',
  'other.example/ns/shop/sa/frontend',
];

function authorizationEdits(rule: Body, index: number): Edit[] {
  const at = (x: Body) => x.spec.rules[index];
  const named = (name: string) => `rule ${index} ${name}`;
  return [
    [named('gone'), (x) => x.spec.rules.splice(index, 1)],
    [named('any operation'), (x) => delete at(x).to],
    [named('a condition'), (x) => (at(x).when = [{ key: 'request.headers[x]', values: ['1'] }])],
    ...(rule.from
      ? ([
          [named('any source'), (x) => delete at(x).from],
          [named('a namespace'), (x) => (at(x).from[0].source = { namespaces: ['shop'] })],
          ...PRINCIPALS.flatMap((one): Edit[] => [
            [named(`principal ${one}`), (x) => (at(x).from[0].source.principals = [one])],
            [named(`and principal ${one}`), (x) => at(x).from[0].source.principals.push(one)],
          ]),
        ] as Edit[])
      : []),
    ...rule.to.flatMap(({ operation }: Body, number: number): Edit[] => {
      const of = (x: Body) => at(x).to[number].operation;
      return [
        [named('any port'), (x) => delete of(x).ports],
        [named('one more port'), (x) => of(x).ports.push('9999')],
        [named('another port'), (x) => (of(x).ports[0] = '9999')],
        [named('a method'), (x) => (of(x).methods = [...(operation.methods ?? []), 'DELETE'])],
        [named('a path'), (x) => (of(x).paths = [...(operation.paths ?? []), '/admin*'])],
        [named('not a path'), (x) => (of(x).notPaths = ['/admin'])],
        [named('any method'), (x) => delete of(x).methods],
        [named('any path'), (x) => delete of(x).paths],
        ...(operation.methods ? ([[named('a method less'), (x) => of(x).methods.pop()]] as Edit[]) : []),
        ...(operation.paths ? ([[named('a longer path'), (x) => (of(x).paths[0] += 'x')]] as Edit[]) : []),
      ];
    }),
  ];
}

function mutualTlsEdits(): Edit[] {
  return [
    ...['PERMISSIVE', 'DISABLE', 'UNSET'].map((mode): Edit => [mode, (x) => (x.spec.mtls.mode = mode)]),
    ['selector', (x) => (x.spec.selector = { matchLabels: { app: 'frontend' } })],
    ['other namespace', (x) => (x.metadata.namespace = 'gateway')],
    ['namespace shop', (x) => (x.metadata.namespace = 'shop'), 'no other namespace is in the mesh'],
  ];
}
