import type { KubernetesObject, Layer, Model } from '../model.ts';
import { dig, text, texts } from '../selectors.ts';
import { isBuiltIn, isKnownChart, isKnownSource } from './brought-by.ts';
import { bringerOf, chartOf, installsKinds, sourceUrl } from './charts.ts';
import { isOwnSource, specOf } from './flux.ts';

/** A layer that brings a kind; `release` when the kind is there only once that release is installed. */
export interface Source {
  layer: Layer;
  release?: KubernetesObject;
}

/** Who brings the kind of an object, or, without a kind, its group: nobody needs to, nobody can tell, or these layers. */
export function sourcesOf(
  model: Model,
  { group, kind }: Pick<KubernetesObject, 'group' | 'kind'>,
): 'built-in' | 'unknown' | Source[] {
  if (isBuiltIn(group)) return 'built-in';
  const found = [
    ...fromFiles(model, group, kind),
    ...fromTemplates(model, group, kind),
    ...fromCharts(model, group),
  ];
  if (found.length) return found;
  const bringer = bringerOf(group);
  const isHere =
    (bringer?.outside && isDeclared(model, group, bringer.slot)) || isBeside(model, bringer?.beside);
  if (isHere) return 'built-in';
  return bringer || !hasStrangers(model) ? [] : 'unknown';
}

/** Whether the choice of a slot, where there must be one, brings a group outside of GitOps. */
const isDeclared = ({ declared }: Model, group: string, slot?: string): boolean =>
  slot === undefined || texts(declared.provides[slot]?.['apiGroups']).includes(group);

const isBeside = ({ objects }: Model, group: RegExp | undefined): boolean =>
  group !== undefined && objects.some((one) => group.test(one.group));

const fromFiles = ({ layers }: Model, group: string, kind: string): Source[] =>
  layers
    .filter((layer) =>
      layer.objects.some(
        ({ kind: is, body }) =>
          is === 'CustomResourceDefinition' &&
          dig(body, 'spec', 'group') === group &&
          (!kind || dig(body, 'spec', 'names', 'kind') === kind),
      ),
    )
    .map((layer) => ({ layer }));

/** https://open-policy-agent.github.io/gatekeeper/website/docs/howto/#constraints */
function fromTemplates({ layers }: Model, group: string, kind: string): Source[] {
  if (group !== 'constraints.gatekeeper.sh') return [];
  return layers.flatMap((layer) =>
    layer.objects
      .filter(
        (one) =>
          one.kind === 'ConstraintTemplate' &&
          text(dig(one.body, 'spec', 'crd', 'spec', 'names', 'kind')) === kind,
      )
      .map((release) => ({ layer, release })),
  );
}

function fromCharts(model: Model, group: string): Source[] {
  const bringer = bringerOf(group);
  if (!bringer || group === 'constraints.gatekeeper.sh') return [];
  return model.layers.flatMap((layer): Source[] => {
    if (bringer.sources.some((url) => url.test(sourceUrl(model, layer)))) return [{ layer }];
    return layer.objects
      .filter((one) => one.kind === 'HelmRelease')
      .filter((release) => {
        const name = chartOf(model, release);
        return bringer.charts.some((one) => one.chart === name && installsKinds(release, one));
      })
      .map((release) => ({ layer, release }));
  });
}

/** Whether charts or sources are applied of which nobody here knows what they bring. */
function hasStrangers(model: Model): boolean {
  return model.layers.some((layer) => {
    if (!isOwnSource(specOf(layer.object))) return !isKnownSource(sourceUrl(model, layer));
    return layer.objects.some((one) => one.kind === 'HelmRelease' && !isKnownChart(chartOf(model, one)));
  });
}
