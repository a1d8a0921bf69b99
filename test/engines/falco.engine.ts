import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Dict } from './cluster.ts';
import { expand, holds, load, visit, type FalcoEvent, type Rules } from './falco-rules.ts';
import { releases } from './releases.ts';
import { coveringArray, scenario, scenarios, type Repository } from './repositories.ts';
import { suite } from './suite.ts';
import { readUpstream } from './upstream.ts';

type Items = Parameters<typeof load>[0];

const upstreamRules = () => load(parse(readUpstream('falco/other/rules/falco_rules.yaml')) as Items);

/** Falco's stable rules with those of the repository behind them, and the names of the latter. */
function rulesOf(repository: Repository): { rules: Rules; own: string[] } | undefined {
  const falco = releases(repository).find(({ chart }) => chart === 'falco');
  if (!falco) return undefined;
  const files = Object.values((falco.values.customRules ?? {}) as Dict).map(
    (text) => parse(String(text)) as Items,
  );
  const own = files.flat().flatMap(({ rule }) => rule ?? []);
  return { rules: files.reduce((rules, items) => load(items, rules), upstreamRules()), own };
}

const shop: FalcoEvent = {
  'container.id': 'abc',
  'container.image': 'ghcr.io/stefanprodan/podinfo:6',
  'container.image.repository': 'ghcr.io/stefanprodan/podinfo',
  'container.duration': 3_600_000_000_000,
  'k8s.ns.name': 'shop',
  'proc.pname': 'podinfo',
  'proc.vpid': 20,
  'proc.is_container_healthcheck': false,
  'proc.is_container_liveness_probe': false,
  'proc.is_container_readiness_probe': false,
};

const exec = (name: string, more: FalcoEvent = {}): FalcoEvent => ({
  ...shop,
  'evt.type': 'execve',
  'evt.res': 'SUCCESS',
  'proc.name': name,
  ...more,
});
const open = (path: string, write: boolean, more: FalcoEvent = {}): FalcoEvent => ({
  ...shop,
  'evt.type': 'openat',
  'evt.is_open_write': write,
  'evt.is_open_read': !write,
  'fd.typechar': 'f',
  'fd.num': 5,
  'fd.name': path,
  'fd.directory': path.replace(/\/[^/]*$/, ''),
  'proc.name': 'podinfo',
  ...more,
});
const connect = (ip: string, more: FalcoEvent = {}): FalcoEvent => ({
  ...shop,
  'evt.type': 'connect',
  'fd.sip': ip,
  'fd.typechar': '4',
  'proc.name': 'podinfo',
  ...more,
});

const elsewhere = { 'k8s.ns.name': 'kube-system' };
const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Per rule of ours: events that must raise it, and events that must not. */
const SAMPLES: Record<string, { bad: FalcoEvent[]; good: FalcoEvent[] }> = {
  'Unexpected process in application container': {
    bad: [exec('nc'), exec('miner', { 'container.duration': 70_000_000_000 })],
    good: [
      exec('podinfo', { 'proc.vpid': 1 }),
      exec('nc', elsewhere),
      exec('nc', { 'container.id': 'host' }),
      exec('probe', { 'proc.is_container_liveness_probe': true }),
    ],
  },
  'Shell in application container': {
    bad: [exec('sh'), exec('bash')],
    good: [exec('nc'), exec('sh', elsewhere), exec('sh', { 'proc.vpid': 1 })],
  },
  'Package manager in application container': {
    bad: [exec('apk'), exec('apt-get')],
    good: [exec('podinfo'), exec('apk', elsewhere)],
  },
  'Write below a binary directory in application container': {
    bad: [open('/usr/bin/x', true)],
    good: [open('/tmp/x', true), open('/usr/bin/x', false), open('/usr/bin/x', true, elsewhere)],
  },
  'Metadata service contacted from application container': {
    bad: [connect('169.254.169.254')],
    good: [connect('10.0.0.1'), connect('169.254.169.254', elsewhere)],
  },
  'Service account token read in application container': {
    bad: [open(token, false)],
    good: [open('/etc/hosts', false), open(token, false, elsewhere)],
  },
};

suite('Falco rules', ['upstream'], () => {
  test('[falco-rules] use only macros, lists and fields that Falco has, and name the events that they look at', () => {
    const fields = new Set(
      readUpstream('falco/other/fields.tsv')
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]!),
    );
    const isField = (name: string) => fields.has(name.replace(/\[.*/, ''));
    const wrong = [...scenarios(), ...coveringArray()].flatMap((repository) => {
      const found = rulesOf(repository);
      if (!found) return [];
      return found.own.flatMap((name) => {
        const { condition, output, priority } = found.rules.rules.get(name)!;
        const used: string[] = [];
        const lists: string[] = [];
        visit(condition, found.rules, ({ field, operator, values }) => {
          used.push(field);
          // A bare word with an underscore is the name of a list, and of one that is not there.
          if (operator === 'in')
            lists.push(
              ...expand(values, found.rules).filter(
                (value) => values.includes(value) && /^[a-z]+_[a-z_]+$/.test(value),
              ),
            );
        });
        const printed = [...output.matchAll(/%([a-z][\w.]*\w)/g)].map((match) => match[1]!);
        return [
          ...[...used, ...printed]
            .filter((field) => !isField(field))
            .map((field) => `${name}: field ${field}`),
          ...lists.map((list) => `${name}: list ${list}`),
          ...(used.includes('evt.type') ? [] : [`${name}: no evt.type`]),
          ...(/^(EMERGENCY|ALERT|CRITICAL|ERROR|WARNING|NOTICE|INFO|DEBUG)$/.test(priority)
            ? []
            : [`${name}: priority ${priority}`]),
        ];
      });
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  test('[falco-rules] are raised by bad events and not by good ones', () => {
    const found = rulesOf(scenario('default'));
    expect(found).toBeDefined();
    const { rules, own } = found!;
    expect(Object.keys(SAMPLES).sort()).toEqual([...own].sort());
    const raised = (name: string, event: FalcoEvent) => holds(rules.rules.get(name)!.condition, event, rules);
    const wrong = Object.entries(SAMPLES).flatMap(([name, { bad, good }]) => [
      ...bad
        .filter((event) => !raised(name, event))
        .map((event) => `${name}: not raised by ${JSON.stringify(event)}`),
      ...good
        .filter((event) => raised(name, event))
        .map((event) => `${name}: raised by ${JSON.stringify(event)}`),
    ]);
    expect(wrong).toEqual([]);
  });

  test('of Falco itself can be read: the parser here is no stricter', () => {
    const { rules, macros } = upstreamRules();
    for (const { condition } of rules.values()) visit(condition, upstreamRules(), () => undefined);
    expect(rules.size + macros.size).toBeGreaterThan(60);
  });
});
