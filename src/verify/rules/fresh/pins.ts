import type { KubernetesObject, Model } from '../../model.ts';
import { dig, ofKind, type Path } from '../../selectors.ts';
import { chartsOf } from './charts.ts';

/** A version in the repository, and the one that this release of the tool was tested with. */
export interface Pin {
  what: string;
  object: KubernetesObject;
  path: Path;
  is: string;
  tested: string;
}

/** Charts, and kinds that come from a repository of their own. */
export function pinsOf(model: Model): Pin[] {
  const { releases, layers } = model.declared;
  const charts = chartsOf(model).flatMap(({ name, namespace, version, object, path }) => {
    const declared = releases.find((one) => one.name === name && one.namespace === namespace);
    return declared ? [{ what: name, object, path, is: version, tested: declared.version }] : [];
  });
  const sources = ofKind(model, 'source.toolkit.fluxcd.io/GitRepository').flatMap((object) => {
    const layer = layers.find((one) => one.source && one.name === object.name);
    const is = String(dig(object.body, 'spec', 'ref', 'tag') ?? '');
    return layer ? [{ what: layer.name, object, path: ['spec', 'ref'], is, tested: layer.source!.tag }] : [];
  });
  return [...charts, ...sources];
}

const numbers = (version: string) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);

/** By https://semver.org: a higher minor or patch version is newer; all else, and what is no version, is another. */
export function relation(is: string, tested: string): 'same' | 'newer' | 'other' {
  if (is === tested) return 'same';
  const [one, other] = [numbers(is), numbers(tested)];
  if (!one || !other || one[0] !== other[0]) return 'other';
  const difference = one[1]! - other[1]! || one[2]! - other[2]!;
  return difference > 0 ? 'newer' : 'other';
}
