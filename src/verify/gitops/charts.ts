import { dig, text } from '../selectors.ts';
import type { KubernetesObject, Layer, Model } from '../model.ts';
import { BRINGERS, type Bringer, type ChartBringer } from './brought-by.ts';
import { specOf } from './flux.ts';

/** The name of the chart that a release installs: its own field, or the end of its source's URL. */
export function chartOf(model: Model, release: KubernetesObject): string {
  const named = text(dig(release.body, 'spec', 'chart', 'spec', 'chart'));
  if (named) return named.split('/').at(-1)!;
  const reference = dig(release.body, 'spec', 'chartRef');
  const source = model.objects.find(
    (one) =>
      one.group === 'source.toolkit.fluxcd.io' &&
      one.kind === dig(reference, 'kind') &&
      one.name === dig(reference, 'name') &&
      one.namespace === (text(dig(reference, 'namespace')) || release.namespace),
  );
  return (
    text(dig(source?.body, 'spec', 'url'))
      .split('/')
      .at(-1)! || text(dig(reference, 'name'))
  );
}

/** The source that a layer takes its files from. */
export function sourceOf(model: Model, layer: Layer): KubernetesObject | undefined {
  const { kind, name, namespace } = (specOf(layer.object)['sourceRef'] ?? {}) as Record<string, unknown>;
  return model.objects.find(
    (one) =>
      one.group === 'source.toolkit.fluxcd.io' &&
      one.kind === kind &&
      one.name === name &&
      one.namespace === (namespace ?? layer.object.namespace),
  );
}

/** The address of that source. */
export const sourceUrl = (model: Model, layer: Layer): string =>
  text(dig(sourceOf(model, layer)?.body, 'spec', 'url'));

export const bringerOf = (group: string): Bringer | undefined =>
  BRINGERS.find((one) => one.groups.test(group));

/** Whether a release of a chart installs the chart's kinds. */
export function installsKinds(
  { body }: KubernetesObject,
  { folder, values, standard }: ChartBringer,
): boolean {
  const spec = dig(body, 'spec');
  if (folder) return dig(spec, 'install', 'crds') !== 'Skip';
  if (!values) return true;
  const given = values
    .map((path) => dig(spec, 'values', ...path.split('.')))
    .filter((value) => value !== undefined);
  return given.length ? given.includes(true) : standard === true;
}
