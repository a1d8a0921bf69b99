import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../src/generate.ts';
import { effective } from '../../src/verify/connectivity/effective.ts';
import type { Hit, Model } from '../../src/verify/model.ts';
import { objectsIn } from '../../src/verify/object.ts';
import { readModel } from '../../src/verify/read.ts';
import { GRAPH_RULES } from '../../src/verify/rules/graph/index.ts';
import { catalog } from '../support.ts';

/** Manifests and policies of the application's authors; see README.md there. They are not part of this repository. */
const folder = process.env['GRAPHS_DIR'] ?? path.join(import.meta.dirname, '../../../shared/graphs');
const present = existsSync(path.join(folder, 'online-boutique.original-policies.yaml'));
if (!present)
  console.warn(`Skipped: no original manifests in ${folder}. Set GRAPHS_DIR to compare with them.`);

const NAMESPACE = 'onlineboutique';
const scenario = path.join(import.meta.dirname, '../scenarios/online-boutique/blueprint.yaml');

/** Our repository without a mesh, as theirs is, with their workloads and policies in place of ours. */
function theirs(): Model {
  const blueprint = parse(readFileSync(scenario, 'utf8')) as Record<string, unknown>;
  const { files } = generate({ ...blueprint, choices: { mesh: 'none' } }, catalog, new Set());
  const model = readModel(files, catalog);
  const originals = ['online-boutique.original.yaml', 'online-boutique.original-policies.yaml'].flatMap(
    (file) =>
      objectsIn(file, readFileSync(path.join(folder, file), 'utf8')).objects.map((one) => ({
        ...one,
        namespace: NAMESPACE,
      })),
  );
  const ours = model.objects.filter(({ namespace }) => namespace !== NAMESPACE);
  return { ...model, objects: [...ours, ...originals] };
}

/** Services with a policy of their own: each ends with `egress: [{}]`. */
const OPEN_EGRESS = [
  'adservice',
  'cartservice',
  'checkoutservice',
  'currencyservice',
  'emailservice',
  'frontend',
  'loadgenerator',
  'paymentservice',
  'productcatalogservice',
  'recommendationservice',
  'redis-cart',
  'shippingservice',
];

/** Each line of the difference to the graph, and what of their policies it comes from. */
const EXPLAINED: Record<string, string> = {
  // Only services may ask for names: `deny-all` selects every pod, and nothing allows DNS to those without a policy.
  'graph/blocked deny-all':
    'any other pod of namespace onlineboutique → kube-system/cluster-dns 53/UDP, 53/TCP is declared',
  // `ingress: [{}]`: theirs is behind a load balancer of its own, ours behind the Gateway.
  'graph/open frontend ingress': 'any address',
  // They deny what comes in and leave open what goes out: to the Internet, the cloud's metadata, other namespaces.
  ...Object.fromEntries(
    OPEN_EGRESS.map((name) => [`graph/open ${name} egress`, `onlineboutique/${name} → any address`]),
  ),
};

describe.skipIf(!present)('Online Boutique with the policies that its authors ship', () => {
  const found = () =>
    GRAPH_RULES.flatMap((rule) =>
      [...rule.check(theirs())].map((hit) => ({ rule: rule.id, direction: directionOf(hit), ...hit })),
    );

  test('each difference to the graph is explained', () => {
    const lines = found().map(({ rule, object = '', direction, message }) => [
      `${rule} ${object.split('/').at(-1)}${rule === 'graph/open' ? ` ${direction}` : ''}`,
      message,
    ]);
    const starts = lines.map(([line, message]) => [line, message!.slice(0, EXPLAINED[line!]?.length)]);
    expect(starts.toSorted()).toEqual(Object.entries(EXPLAINED).toSorted());
  });

  test('no declared call is blocked: their sixteen edges are those of the graph', () => {
    const blocked = found().filter(({ rule }) => rule === 'graph/blocked');
    expect(blocked.map(({ message }) => message).join()).not.toMatch(
      /onlineboutique\/\S+ → onlineboutique\//,
    );
  });

  test('between two services nothing is open beyond the graph, but for the way to the frontend', () => {
    const inside = effective(theirs()).filter(({ from, to }) =>
      [from, to].every((name) => name.startsWith(`${NAMESPACE}/`)),
    );
    expect(inside.filter(({ declared }) => declared)).toHaveLength(16);
    expect(inside.filter(({ missing }) => missing)).toEqual([]);
    const open = inside.filter(({ extra }) => extra).map(({ to }) => to);
    expect([...new Set(open)]).toEqual([`${NAMESPACE}/frontend`]);
  });
});

/** Whether a finding stands below `ingress` or `egress` of its policy. */
function directionOf({ file, position }: Hit): string {
  if (!position) return '';
  const above = readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, position.line);
  return (
    above
      .findLast((line) => /^ {2}(in|e)gress:/.test(line))
      ?.trim()
      .replace(':', '') ?? ''
  );
}
