import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, text } from '../../selectors.ts';

/** https://fluxcd.io/flux/components/source/ */
export const source: Rule = {
  id: 'fresh/source',
  area: 'fresh',
  severity: 'warning',
  title: 'Charts and kinds come from where they were tested',
  why: 'A chart may do everything in the cluster: whoever keeps the address that it comes from may as well.',
  fix: 'Restore the address; for a mirror of your own, say so: `# zero-trust: ignore fresh/source REASON`.',
  *check(model) {
    const { releases, layers } = model.declared;
    for (const { body } of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease')) {
      const declared = releases.find(
        (one) =>
          one.name === dig(body, 'spec', 'releaseName') &&
          one.namespace === dig(body, 'spec', 'targetNamespace'),
      );
      if (!declared) continue;
      const reference = dig(body, 'spec', 'chartRef') ?? dig(body, 'spec', 'chart', 'spec', 'sourceRef');
      const kind = text(dig(reference, 'kind'));
      const object = ofKind(model, `source.toolkit.fluxcd.io/${kind}`).find(
        (one) => one.name === dig(reference, 'name'),
      );
      const wanted =
        kind === 'OCIRepository' ? `${declared.repository}/${declared.chart}` : declared.repository;
      const url = text(dig(object?.body, 'spec', 'url'));
      if (object && !isSame(url, wanted))
        yield hit(
          object,
          ['spec', 'url'],
          `${nameOf(object)}: ${declared.name} comes from ${url}, tested is ${wanted}`,
        );
    }
    for (const object of ofKind(model, 'source.toolkit.fluxcd.io/GitRepository')) {
      const layer = layers.find((one) => one.source && one.name === object.name);
      const url = text(dig(object.body, 'spec', 'url'));
      if (layer && !isSame(url, layer.source!.url))
        yield hit(
          object,
          ['spec', 'url'],
          `${nameOf(object)}: layer ${layer.name} comes from ${url}, tested is ${layer.source!.url}`,
        );
    }
  },
};

const isSame = (one: string, other: string) =>
  one.replace(/\/$|\.git$/, '') === other.replace(/\/$|\.git$/, '');
