import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { generate } from '../../src/generate.ts';
import { readModel } from '../../src/verify/read.ts';
import { GRAPH_RULES } from '../../src/verify/rules/graph/index.ts';
import { catalog } from '../support.ts';
const text = readFileSync(path.join(import.meta.dirname, '../scenarios/default/blueprint.yaml'), 'utf8');
const { files } = generate(parse(text), catalog, new Set(), text);
type A = any;
const hits = (f: Map<string, string>) => {
  const m = readModel(f, catalog);
  return GRAPH_RULES.flatMap((r) => [...r.check(m)].map((h) => ({ rule: r.id, ...h })));
};
function* variants(o: A): Iterable<[string, A | null]> {
  const c = (f: (x: A) => void) => {
    const x = structuredClone(o);
    f(x);
    return x;
  };
  yield ['drop object', null];
  if (o.kind === 'NetworkPolicy') {
    yield ['empty selector', c((x) => (x.spec.podSelector = {}))];
    if (o.spec.podSelector.matchLabels)
      for (const k of Object.keys(o.spec.podSelector.matchLabels))
        yield [`wrong label ${k}`, c((x) => (x.spec.podSelector.matchLabels[k] += 'x'))];
    for (const t of o.spec.policyTypes)
      yield [`drop type ${t}`, c((x) => (x.spec.policyTypes = x.spec.policyTypes.filter((y: A) => y !== t)))];
    for (const [dir, f] of [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const) {
      yield [
        `add open ${dir}`,
        c((x) => {
          x.spec[dir] = [...(x.spec[dir] ?? []), {}];
          if (!x.spec.policyTypes.map((z: A) => z.toLowerCase()).includes(dir))
            x.spec.policyTypes.push(dir[0]!.toUpperCase() + dir.slice(1));
        }),
      ];
      for (const [i, r] of (o.spec[dir] ?? []).entries()) {
        yield [`drop ${dir} ${i}`, c((x) => x.spec[dir].splice(i, 1))];
        if (r.ports) yield [`drop ports ${dir} ${i}`, c((x) => delete x.spec[dir][i].ports)];
        if (r[f]) yield [`drop peers ${dir} ${i}`, c((x) => delete x.spec[dir][i][f])];
        yield [
          `extra port ${dir} ${i}`,
          c((x) => x.spec[dir][i].ports.push({ port: 9999, protocol: 'TCP' })),
        ];
        for (const [j] of r.ports.entries()) {
          yield [`drop port ${dir} ${i} ${j}`, c((x) => x.spec[dir][i].ports.splice(j, 1))];
          yield [`other port ${dir} ${i} ${j}`, c((x) => x.spec[dir][i].ports[j].port++)];
          yield [
            `endPort ${dir} ${i} ${j}`,
            c((x) => (x.spec[dir][i].ports[j].endPort = x.spec[dir][i].ports[j].port + 10)),
          ];
          yield [
            `protocol ${dir} ${i} ${j}`,
            c((x) => (x.spec[dir][i].ports[j].protocol = r.ports[j].protocol === 'TCP' ? 'UDP' : 'SCTP')),
          ];
        }
        for (const [j, p] of (r[f] ?? []).entries()) {
          yield [`drop peer ${dir} ${i} ${j}`, c((x) => x.spec[dir][i][f].splice(j, 1))];
          if (p.podSelector) {
            yield [`peer no pods ${dir} ${i} ${j}`, c((x) => delete x.spec[dir][i][f][j].podSelector)];
            for (const k of Object.keys(p.podSelector.matchLabels)) {
              yield [
                `peer label ${k} ${dir} ${i} ${j}`,
                c((x) => (x.spec[dir][i][f][j].podSelector.matchLabels[k] += 'x')),
              ];
              yield [
                `peer less label ${k} ${dir} ${i} ${j}`,
                c((x) => delete x.spec[dir][i][f][j].podSelector.matchLabels[k]),
              ];
            }
          }
          if (p.namespaceSelector) {
            yield [`peer no ns ${dir} ${i} ${j}`, c((x) => delete x.spec[dir][i][f][j].namespaceSelector)];
            yield [`peer any ns ${dir} ${i} ${j}`, c((x) => (x.spec[dir][i][f][j].namespaceSelector = {}))];
            yield [
              `peer other ns ${dir} ${i} ${j}`,
              c(
                (x) =>
                  (x.spec[dir][i][f][j].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] =
                    'default'),
              ),
            ];
            yield [
              `extra peer ${dir} ${i} ${j}`,
              c((x) =>
                x.spec[dir][i][f].push({
                  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
                }),
              ),
            ];
          }
          if (p.ipBlock) {
            for (const [k] of (p.ipBlock.except ?? []).entries())
              yield [
                `drop except ${dir} ${i} ${j} ${k}`,
                c((x) => x.spec[dir][i][f][j].ipBlock.except.splice(k, 1)),
              ];
            yield [
              `cidr ${dir} ${i} ${j}`,
              c((x) => {
                x.spec[dir][i][f][j].ipBlock = { cidr: '203.0.113.0/24' };
              }),
            ];
          }
        }
      }
    }
  } else if (o.kind === 'AuthorizationPolicy') {
    for (const a of ['DENY', 'AUDIT', 'CUSTOM']) yield [a, c((x) => (x.spec.action = a))];
    yield ['allow all', c((x) => (x.spec.rules = [{}]))];
    yield ['no rules', c((x) => (x.spec.rules = []))];
    yield ['dry run', c((x) => (x.metadata.annotations = { 'istio.io/dry-run': 'true' }))];
    yield ['namespace', c((x) => (x.metadata.namespace = 'cert-manager'))];
    if (o.spec.selector) {
      yield ['no selector', c((x) => delete x.spec.selector)];
      yield ['wrong selector', c((x) => (x.spec.selector.matchLabels = { app: 'nobody' }))];
    }
    if (o.spec.targetRefs) {
      yield ['no targetRefs', c((x) => delete x.spec.targetRefs)];
      yield ['wrong target', c((x) => (x.spec.targetRefs[0].name += 'x'))];
    }
    for (const [i, r] of (o.spec.rules ?? []).entries()) {
      yield [`drop rule ${i}`, c((x) => x.spec.rules.splice(i, 1))];
      if (r.from) {
        yield [`drop from ${i}`, c((x) => delete x.spec.rules[i].from)];
        for (const p of [
          '*',
          'cluster.local/ns/default/sa/evil',
          'cluster.local/ns/shop/sa/*',
          'cluster.local/ns/shop/sa/default',
          'other/ns/shop/sa/frontend',
        ]) {
          yield [`principal ${p} ${i}`, c((x) => (x.spec.rules[i].from[0].source.principals = [p]))];
          yield [`extra principal ${p} ${i}`, c((x) => x.spec.rules[i].from[0].source.principals.push(p))];
        }
        yield [`namespaces ${i}`, c((x) => (x.spec.rules[i].from[0].source = { namespaces: ['shop'] }))];
      }
      yield [`drop to ${i}`, c((x) => delete x.spec.rules[i].to)];
      yield [`when ${i}`, c((x) => (x.spec.rules[i].when = [{ key: 'request.headers[x]', values: ['1'] }]))];
      for (const [j, t] of (r.to ?? []).entries()) {
        const op = t.operation;
        yield [`no ports ${i} ${j}`, c((x) => delete x.spec.rules[i].to[j].operation.ports)];
        yield [`extra port ${i} ${j}`, c((x) => x.spec.rules[i].to[j].operation.ports.push('9999'))];
        yield [`other port ${i} ${j}`, c((x) => (x.spec.rules[i].to[j].operation.ports[0] = '9999'))];
        yield [
          `method ${i} ${j}`,
          c((x) => (x.spec.rules[i].to[j].operation.methods = [...(op.methods ?? []), 'DELETE'])),
        ];
        yield [
          `path ${i} ${j}`,
          c((x) => (x.spec.rules[i].to[j].operation.paths = [...(op.paths ?? []), '/admin*'])),
        ];
        if (op.methods) {
          yield [`no methods ${i} ${j}`, c((x) => delete x.spec.rules[i].to[j].operation.methods)];
          yield [`fewer methods ${i} ${j}`, c((x) => x.spec.rules[i].to[j].operation.methods.pop())];
        }
        if (op.paths) {
          yield [`no paths ${i} ${j}`, c((x) => delete x.spec.rules[i].to[j].operation.paths)];
          yield [`longer ${i} ${j}`, c((x) => (x.spec.rules[i].to[j].operation.paths[0] += 'x'))];
          yield [`notPaths ${i} ${j}`, c((x) => (x.spec.rules[i].to[j].operation.notPaths = ['/x']))];
        }
      }
    }
  } else if (o.kind === 'PeerAuthentication') {
    for (const m of ['PERMISSIVE', 'DISABLE', 'UNSET']) yield [m, c((x) => (x.spec.mtls.mode = m))];
    yield ['selector', c((x) => (x.spec.selector = { matchLabels: { app: 'frontend' } }))];
    yield ['namespace', c((x) => (x.metadata.namespace = 'shop'))];
    yield ['namespace gateway', c((x) => (x.metadata.namespace = 'gateway'))];
  }
}
test('mutants', () => {
  let n = 0;
  const survivors: string[] = [];
  const rules: Record<string, number> = {};
  let ex = '';
  for (const [file, content] of files) {
    if (!/^security\/(network-policies|zero-trust)\//.test(file) || file.endsWith('kustomization.yaml'))
      continue;
    const docs = parseAllDocuments(content).map((d) => d.toJS() as A);
    docs.forEach((o, at) => {
      for (const [what, x] of variants(o)) {
        n++;
        const next = docs.map((d, k) => (k === at ? x : d)).filter(Boolean);
        const mutated = new Map(files).set(file, next.map((d) => stringify(d)).join('---\n'));
        const found = hits(mutated);
        for (const h of found) rules[h.rule] = (rules[h.rule] ?? 0) + 1;
        if (!found.length) survivors.push(`${o.kind} ${o.metadata.namespace}/${o.metadata.name}: ${what}`);
        if (o.metadata.namespace === 'shop' && n % 6 === 0)
          ex +=
            `## ${o.kind} ${o.metadata.name}: ${what}\n` +
            found
              .map((h) => `  ${h.rule} ${h.file}:${h.position?.line} ${h.message}\n     FIX ${h.fix}\n`)
              .join('');
      }
    });
  }
  console.log(n, rules, survivors.length, '\n' + survivors.join('\n'));
  writeFileSync('/tmp/v2-examples.txt', ex);
}, 600000);
