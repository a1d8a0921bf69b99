import type { Hit, KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, type Path } from '../../selectors.ts';

const SOURCES: Record<string, Path> = {
  'source.toolkit.fluxcd.io/OCIRepository': ['spec', 'verify'],
  'source.toolkit.fluxcd.io/HelmChart': ['spec', 'verify'],
  'helm.toolkit.fluxcd.io/HelmRelease': ['spec', 'chart', 'spec', 'verify'],
};

/** https://fluxcd.io/flux/components/source/ocirepositories/#keyless-verification */
export const signer: Rule = {
  id: 'enforce/signer',
  area: 'enforce',
  severity: 'error',
  title: 'A signature counts when it is of one known signer',
  why: 'Everybody may sign with the public Sigstore. An expression that is not anchored at both ends also fits the name of somebody who put yours inside theirs.',
  fix: 'Give issuer and subject, as expressions from ^ to $ with dots escaped, or a public key.',
  *check(model) {
    for (const [kind, path] of Object.entries(SOURCES))
      for (const object of ofKind(model, kind)) yield* source(object, path);
    for (const object of ofKind(
      model,
      'policies.kyverno.io/ImageValidatingPolicy',
      'policies.kyverno.io/NamespacedImageValidatingPolicy',
    ))
      yield* attestors(object);
  },
};

/** Issuer and subject are expressions, and match anywhere in the text. */
function* source(object: KubernetesObject, path: Path): Generator<Hit> {
  const verify = dig(object.body, ...path);
  if (!verify || (dig(verify, 'provider') ?? 'cosign') !== 'cosign' || dig(verify, 'secretRef')) return;
  const identities = records(dig(verify, 'matchOIDCIdentity'));
  if (identities.length === 0)
    yield hit(
      object,
      path,
      `${nameOf(object)}: takes a signature of anybody: it names neither key nor identity`,
    );
  for (const [index, one] of identities.entries())
    for (const field of ['issuer', 'subject'])
      if (!isAnchored(text(one[field])))
        yield hit(
          object,
          [...path, 'matchOIDCIdentity', index, field],
          `${nameOf(object)}: the ${field} ${text(one[field])} is not anchored`,
        );
}

/** `issuer` and `subject` are exact texts here, the others expressions. */
function* attestors(object: KubernetesObject): Generator<Hit> {
  for (const [index, attestor] of records(dig(object.body, 'spec', 'attestors')).entries()) {
    const path: Path = ['spec', 'attestors', index, 'cosign', 'keyless', 'identities'];
    const keyless = dig(attestor, 'cosign', 'keyless');
    const identities = records(dig(keyless, 'identities'));
    if (keyless && identities.length === 0)
      yield hit(object, path, `${nameOf(object)}: attestor ${attestor['name']} takes a signature of anybody`);
    for (const [at, one] of identities.entries())
      for (const problem of problems(one))
        yield hit(object, [...path, at], `${nameOf(object)}: attestor ${attestor['name']}: ${problem}`);
  }
}

function problems(identity: Record<string, unknown>): string[] {
  return ['issuer', 'subject'].flatMap((field) => {
    const expression = text(identity[`${field}RegExp`]);
    const exact = text(identity[field]);
    if (expression) return isAnchored(expression) ? [] : [`${field}RegExp ${expression} is not anchored`];
    if (exact.includes('*')) return [`${field} is an exact text, its * stands for itself and matches nobody`];
    return exact || identity[`${field}Expression`] ? [] : [`no ${field}: anybody's fits`];
  });
}

/** From `^` to `$`, and not `^a|b$`, where each half is open at one end. */
const isAnchored = (expression: string) =>
  /^\^[^]*[^\\](\\\\)*\$$/.test(expression) &&
  !/^\^\.[*+]\$$/.test(expression) &&
  !expression
    .replace(/\\[^]/g, '')
    .replace(/\[[^\]]*\]|\([^()]*\)/g, '')
    .includes('|');
