import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';
import { imagesOf } from './images.ts';

/** https://kyverno.io/docs/policy-types/image-validating-policy/ */
export const signatures: Rule = {
  id: 'enforce/signatures',
  area: 'enforce',
  severity: 'error',
  title: 'Signatures are asked for where images are meant to be signed',
  why: 'A policy looks at the images that its patterns match. With another pattern it is active, and every image passes unsigned.',
  fix: 'Correct signedImages in zero-trust.yaml and render again, or restore the pattern.',
  *check(model) {
    const policies = ofKind(
      model,
      'policies.kyverno.io/ImageValidatingPolicy',
      'policies.kyverno.io/NamespacedImageValidatingPolicy',
    );
    // What is to be signed may come later than its rule.
    const meant = model.declared.signatures?.prefixes.map((prefix) => `${prefix}/image:tag`) ?? [];
    const used = [
      ...new Set([...imagesOf(model).map(({ image }) => image), ...model.declared.images, ...meant]),
    ];
    for (const policy of policies) {
      const patterns = patternsOf(policy);
      const at = ['spec', 'matchImageReferences'];
      if (patterns && !used.some((image) => patterns.some((one) => one.test(image))))
        yield hit(
          policy,
          at,
          `${nameOf(policy)}: its patterns match no image of the repository, nor any that is to be signed`,
        );
      const required = ['spec', 'validationConfigurations', 'required'];
      if (dig(policy.body, ...required) === false)
        yield hit(policy, required, `${nameOf(policy)}: lets an image pass that nobody has verified`);
    }
    yield* unmatched(model, policies);
  },
};

/** Null where an expression decides, which only the engine can evaluate. */
function patternsOf(policy: KubernetesObject): RegExp[] | null {
  const references = records(dig(policy.body, 'spec', 'matchImageReferences'));
  if (references.some((one) => text(one['expression']))) return null;
  return references.map((one) => glob(text(one['glob'])));
}

/** `*` stands for any text, slashes too, and `?` for one character, as in gobwas/glob without separators. */
const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$.+()|{}[\]]/g, '\\$&')
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]')}$`,
  );

function* unmatched(model: Model, policies: KubernetesObject[]) {
  const { signatures: declared, capabilities } = model.declared;
  if (!declared || !capabilities.includes('image-signatures')) return;
  const all = policies.map(patternsOf);
  for (const prefix of declared.prefixes)
    if (!all.some((patterns) => !patterns || patterns.some((one) => one.test(`${prefix}/image:tag`))))
      yield {
        file: 'zero-trust.yaml',
        message: `images below ${prefix} are to be signed, but no policy matches them`,
      };
}
