import { beforeAll, describe, expect, test } from 'vitest';
import type { Files } from '../../src/types/files.ts';
import { connections, differenceOf } from '../../src/verify/output/page/connections.ts';
import { CONTROLS } from '../../src/verify/output/page/control-map.ts';
import { html, prose } from '../../src/verify/output/page/html.ts';
import { matrix } from '../../src/verify/output/page/matrix.ts';
import { toPage } from '../../src/verify/output/page/page.ts';
import { readModel } from '../../src/verify/read.ts';
import { RULE_TEXTS, RULES } from '../../src/verify/rules/all.ts';
import { run } from '../../src/verify/run.ts';
import { catalog, generate } from '../support.ts';

const POLICIES = 'security/network-policies/shop/allow-inter-service.yaml';
const FRONTEND = 'security/network-policies/shop/allow-gateway.yaml';

let files: Files;
beforeAll(() => {
  files = new Map([...generate({ name: 'shop' }).files, ['zero-trust.yaml', 'name: shop\n']]);
});

function reportOf(edits: Record<string, (text: string) => string> = {}) {
  const edited = new Map(files);
  for (const [file, edit] of Object.entries(edits)) {
    const text = edit(edited.get(file)!);
    expect(text, file).not.toBe(edited.get(file));
    edited.set(file, text);
  }
  const model = readModel(edited, catalog);
  const verdict = run(model, RULES, { strict: false });
  return { model, verdict, rules: RULE_TEXTS, strict: false, version: '1.2.3' };
}

/** Blanks count for nothing. */
const pageOf = (edits?: Parameters<typeof reportOf>[0]) => toPage(reportOf(edits)).replaceAll(/\s+/g, ' ');

/** Opening and closing tags in balance: what a browser would not have to guess. */
function isBalanced(page: string): boolean {
  const open: string[] = [];
  for (const [, slash, name] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (['meta', 'br'].includes(name!)) continue;
    if (!slash) open.push(name!);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

describe('the page', () => {
  test('of a rendered repository is clean, and the same each time', () => {
    const page = pageOf();
    expect(page).toContain('Clean: 0 errors, 0 warnings');
    expect(pageOf()).toBe(page);
  });

  test('needs nothing else: no script, no address to load from', () => {
    const page = pageOf();
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b|url\(|@import|\bon\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect([...page.matchAll(/(?:href|src)="([^"]*)"/g)].every(([, to]) => to!.startsWith('#'))).toBe(true);
  });

  test('is well-formed, and every link has its target', () => {
    const page = pageOf({ [POLICIES]: (text) => text.replaceAll('port: 8080', 'port: 8081') });
    expect(isBalanced(page)).toBe(true);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, to] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(to);
  });

  test('has tables that a screen reader can read: captions, scopes, regions that keys can scroll', () => {
    const page = pageOf();
    expect(page).toContain('<html lang="en">');
    const tables = page.match(/<table/g)!.length;
    expect(page.match(/<caption/g)).toHaveLength(tables);
    expect(page.match(/role="region" aria-label="/g)).toHaveLength(tables);
    expect(page).not.toMatch(/<th\b(?! scope=)/);
  });

  test('has every rule, layer, gap and pending item', () => {
    const report = reportOf();
    const page = toPage(report);
    for (const { id } of RULE_TEXTS) expect(page).toContain(`id="rule-${id.replace('/', '-')}"`);
    for (const { name } of report.model.layers) expect(page).toContain(`. ${name}`);
    for (const { what } of report.model.declared.pending) expect(page).toContain(html`${what}`.markup);
  });

  test('shows a finding with its lines and its fix', () => {
    const page = pageOf({ [POLICIES]: (text) => text.replaceAll('port: 8080', 'port: 8081') });
    expect(page).toContain('Not proven: ');
    expect(page).toContain('<a href="#rule-graph-blocked">graph/blocked</a>');
    expect(page).toMatch(/<mark> *\d+ /);
  });

  test('is there, too, when the policies cannot be put together', () => {
    const report = reportOf();
    const broken = Object.defineProperty({ ...report.model.objects[0]!, kind: 'NetworkPolicy' }, 'body', {
      get: () => {
        throw new TypeError('no body');
      },
    });
    const objects = [{ ...report.model.objects[0]! }, broken];
    const page = toPage({ ...report, model: { ...report.model, objects } });
    expect(page).toContain('could not be put together');
  });

  test('escapes what a file says', () => {
    const hostile = '# zero-trust: ignore graph/open </style><script>alert(1)</script>\n';
    const page = pageOf({ [POLICIES]: (text) => hostile + text });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    expect(html`${'"><b>\'&'}`.markup).toBe('&quot;&gt;&lt;b&gt;&#39;&amp;');
    expect(prose('run `a <b>` & `c').markup).toBe('run <code>a &lt;b&gt;</code> &amp; `c');
  });
});

describe('who may call whom', () => {
  const find = (edits: Parameters<typeof reportOf>[0], from: string, to: string) =>
    connections(reportOf(edits).model).filter((one) => one.from === from && one.to === to);

  test('a rendered repository has no difference, and both layers have their say', () => {
    const all = connections(reportOf().model);
    expect(all.filter((one) => differenceOf(one) !== 'match')).toEqual([]);
    expect(all.find((one) => one.from === 'shop/frontend' && one.to === 'shop/api-service')).toEqual({
      from: 'shop/frontend',
      to: 'shop/api-service',
      ports: '8080/TCP',
      rules: 'GET, POST /api/*',
      declared: true,
      network: true,
      mesh: true,
    });
  });

  test('services come first', () => {
    expect(connections(reportOf().model)[0]!.from).toBe('shop/frontend');
  });

  test('what the network stops is blocked, and the mesh still allows it', () => {
    const edits = { [POLICIES]: (text: string) => text.replaceAll('port: 8080', 'port: 8081') };
    const [found] = find(edits, 'shop/frontend', 'shop/api-service');
    expect(found).toMatchObject({ declared: true, network: false, mesh: true });
    expect(differenceOf(found!)).toBe('blocked');
  });

  test('what the mesh stops is blocked, and the network still allows it', () => {
    const edits = {
      'security/zero-trust/allow-api-service.yaml': (text: string) =>
        text.replaceAll('sa/frontend', 'sa/other'),
    };
    const [found] = find(edits, 'shop/frontend', 'shop/api-service');
    expect(found).toMatchObject({ declared: true, network: true, mesh: false });
  });

  test('what one layer opens and another stops is shown, and is no difference of the whole', () => {
    const more =
      '        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }\n';
    const edits = { [FRONTEND]: (text: string) => text.replace('      from:\n', `      from:\n${more}`) };
    const beyond = connections(reportOf(edits).model).filter((one) => !one.declared);
    expect(beyond.length).toBeGreaterThan(0);
    for (const one of beyond) expect(one).toMatchObject({ to: 'shop/frontend', network: true, mesh: false });
    expect(new Set(beyond.map(differenceOf))).toEqual(new Set(['none']));
  });

  const many = (count: number, name: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => ({
      from: name(index),
      to: name(index + 1),
      ports: '80/TCP',
      rules: '',
      declared: true,
      network: true,
      mesh: null,
    }));

  test('a matrix of many services is one of namespaces, and of many namespaces none', () => {
    const rows = (all: ReturnType<typeof many>) =>
      [...matrix(all).markup.matchAll(/<th scope="row">/g)].length;
    expect(rows(many(30, (index) => `a/s${index}`))).toBe(30);
    expect(rows(many(300, (index) => `ns-${index % 10}/s${index}`))).toBe(10);
    expect(rows(many(300, (index) => `ns-${index}/s`))).toBe(0);
  });

  test('a cell says what its colour says, with a letter for each layer', () => {
    const [one] = many(1, (index) => `a/s${index}`);
    const text = matrix([{ ...one!, network: false }]).markup;
    expect(text).toMatch(
      /<td class="bad" title="declared, but blocked: 80\/TCP">\s*<span aria-hidden="true">D·-<\/span/,
    );
  });
});

describe('the map of controls', () => {
  test('names rules that exist, and objects that a rendered repository has', () => {
    const { model } = reportOf();
    for (const { name, rules, is } of CONTROLS) {
      for (const prefix of rules)
        expect(
          RULE_TEXTS.filter(({ id }) => id.startsWith(prefix)),
          `${name}: ${prefix}`,
        ).not.toEqual([]);
      const objects = [...model.layers.map((one) => one.object), ...model.objects].filter(is);
      if (name !== 'Secrets') expect(objects.length, name).toBeGreaterThan(0);
    }
  });
});
