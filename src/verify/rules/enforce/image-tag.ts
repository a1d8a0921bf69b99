import type { Hit, Model, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, hit, ofKind, type Path } from '../../selectors.ts';
import { imagesOf } from './images.ts';

/** https://kubernetes.io/docs/concepts/containers/images/#image-names: without a tag, it is `latest`. */
export const imageTag: Rule = {
  id: 'enforce/image-tag',
  area: 'enforce',
  severity: 'error',
  title: 'An image is named by its version',
  why: '`latest` is another program tomorrow: what was reviewed is not what runs.',
  fix: 'Name a version, and its digest.',
  *check(model) {
    for (const { template, path, image, tag, digest } of imagesOf(model))
      if (!digest && (tag === '' || tag === 'latest'))
        yield hit(
          template.object,
          path,
          `${nameOf(template.object)}: image ${image || '(none)'} has ${tag ? 'the tag latest' : 'no tag'}`,
        );
    yield* values(model);
  },
};

/** Charts take images apart in their values. */
function* values(model: Model): Generator<Hit> {
  for (const release of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease'))
    for (const path of latestIn(dig(release.body, 'spec', 'values'), ['spec', 'values']))
      yield hit(release, path, `${nameOf(release)}: ${path.slice(2).join('.')} is latest`);
}

function latestIn(value: unknown, path: Path): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => latestIn(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const isLatest =
      typeof item === 'string' &&
      ((/tag$/i.test(key) && item === 'latest') || (/image$/i.test(key) && item.endsWith(':latest')));
    return isLatest ? [[...path, key]] : latestIn(item, [...path, key]);
  });
}
