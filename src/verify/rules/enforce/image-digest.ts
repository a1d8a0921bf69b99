import type { Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { imagesOf, parseImage, type Image } from './images.ts';

/** https://kubernetes.io/docs/concepts/containers/images/#image-names */
export const imageDigest: Rule = {
  id: 'enforce/image-digest',
  area: 'enforce',
  severity: 'error',
  title: 'An image is named by its digest',
  why: 'A tag can be moved to another image; a digest cannot.',
  fix: 'Append @sha256:… of the image that was reviewed; `docker buildx imagetools inspect IMAGE` prints it.',
  *check(model) {
    const declared = declaredDigests(model);
    for (const one of imagesOf(model)) {
      if (/^sha256:[0-9a-f]{64}$/.test(one.digest) || !isWanted(model, one, declared)) continue;
      const { object } = one.template;
      yield hit(object, one.path, `${nameOf(object)}: image ${one.image} has no digest`);
    }
  },
};

const declaredDigests = ({ declared }: Model): Set<string> =>
  new Set(declared.images.map(parseImage).flatMap((one) => (one.digest ? [one.repository] : [])));

/** Where every image has one, where the platform's own is, and where zero-trust.yaml names that image by digest. */
function isWanted({ declared }: Model, { template, repository }: Image, digests: Set<string>): boolean {
  const namespace = declared.namespaces.find((one) => one.name === template.object.namespace);
  return !namespace || namespace.digests || namespace.kind !== 'app' || digests.has(repository);
}
