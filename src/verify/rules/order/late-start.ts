import { READS } from '../../gitops/brought-by.ts';
import { chartOf } from '../../gitops/charts.ts';
import { gates } from '../../gitops/gates.ts';
import { sourcesOf, type Source } from '../../gitops/kinds.ts';
import { layersBefore, waitFix } from '../../gitops/order.ts';
import type { Hit, KubernetesObject, Layer, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, text } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/helm/helmreleases/#dependencies */
export const lateStart: Rule = {
  id: 'order/late-start',
  area: 'order',
  severity: 'error',
  title: 'A controller starts before the kinds that it reads',
  why: 'It looks for them once, when it starts: it stops, or runs without what the kinds are for.',
  fix: 'Let the release, or its layer, wait for the one that brings the kinds.',
  *check(model) {
    for (const layer of model.layers) {
      for (const release of layer.objects.filter((one) => one.kind === 'HelmRelease')) {
        for (const group of groupsOf(model, release)) {
          const found = problemOf(model, layer, release, group);
          if (found) yield found;
        }
      }
    }
  },
};

const groupsOf = (model: Model, release: KubernetesObject): string[] =>
  READS.filter(({ chart, when }) => {
    const isOn =
      !when || when.some((path) => dig(release.body, 'spec', 'values', ...path.split('.')) === true);
    return isOn && chart === chartOf(model, release);
  }).flatMap((one) => one.groups);

function problemOf(model: Model, layer: Layer, release: KubernetesObject, group: string): Hit | undefined {
  const sources = sourcesOf(model, { group, kind: '' });
  if (typeof sources === 'string') return undefined;
  const name = nameOf(release);
  if (sources.length === 0)
    return hit(release, [], `${name} reads kinds of ${group}, which nothing of the repository brings`);
  const before = layersBefore(model).get(layer)!;
  const own = releasesBefore(layer, release);
  const isThere = (one: Source) =>
    one.layer === layer
      ? !one.release || own.has(one.release)
      : before.has(one.layer) && (!one.release || gates(one.layer));
  if (sources.some(isThere)) return undefined;
  const [{ layer: bringing, release: other }] = sources as [Source];
  const fix = bringing === layer ? `add "- name: ${other!.name}" to its dependsOn` : waitFix(layer, bringing);
  const what = other ? nameOf(other) : `layer ${bringing.name}`;
  return hit(
    release,
    ['spec', 'dependsOn'],
    `${name} reads kinds of ${group}, and does not wait for ${what}`,
    fix,
  );
}

/** A release itself, and those of its layer that it waits for. */
function releasesBefore(layer: Layer, release: KubernetesObject): Set<KubernetesObject> {
  const found = new Set([release]);
  for (const one of found) {
    for (const entry of records(dig(one.body, 'spec', 'dependsOn'))) {
      const other = layer.objects.find(
        (item) => item.kind === 'HelmRelease' && item.name === text(entry['name']),
      );
      if (other) found.add(other);
    }
  }
  return found;
}
