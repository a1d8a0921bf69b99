import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, text, type Path } from '../../selectors.ts';
import { constraintExceptions, rootService } from './constraint-exceptions.ts';

const NEEDED = ['owner', 'reason'];

/** https://kyverno.io/docs/exceptions/: nothing in the kind asks who wanted an exception, or until when. */
export const exception: Rule = {
  id: 'enforce/exception',
  area: 'enforce',
  severity: 'error',
  title: 'An exception has an owner, a reason and an end',
  why: 'An exception that nobody owns is never removed, and soon everybody copies it.',
  fix: 'Write owner and reason under spec.properties and a date in spec.expiresAt; in a constraint owner, reason and expires.',
  *check(model) {
    for (const object of exceptionsOf(model)) {
      const missing = NEEDED.filter((one) => !property(object, one));
      if (missing.length)
        yield hit(object, ['spec', 'properties'], `${nameOf(object)}: says no ${missing.join(' and no ')}`);
      const end = endOf(object);
      if (!end || Number.isNaN(Date.parse(end.date)))
        yield hit(object, end?.path ?? ['spec'], `${nameOf(object)}: has no date in spec.expiresAt`);
      else yield* otherEnd(model, object, end.date);
    }
    yield* ofConstraints(model);
  },
};

/** Exceptions in a constraint: the same three, and the end of zero-trust.yaml. */
function* ofConstraints(model: Model): Generator<Hit> {
  for (const { object, path, name, expires, ...one } of constraintExceptions(model)) {
    const missing = [...NEEDED, 'expires'].filter((key) => !{ ...one, expires }[key as 'owner']);
    if (missing.length) yield hit(object, path, `${name} says no ${missing.join(' and no ')}`);
    else if (Number.isNaN(Date.parse(expires))) yield hit(object, path, `${name} has no date in expires`);
    const declared = rootService(model, one.namespace, one.labels)?.root;
    if (declared && expires !== declared.expires)
      yield hit(object, path, `${name} ends ${expires}, by zero-trust.yaml on ${declared.expires}`);
  }
}

/** The conditions hold the date once more, since the engine looks at the first one only when it reads the policy anew. */
function* otherEnd(model: Model, object: KubernetesObject, date: string): Generator<Hit> {
  const conditions = JSON.stringify(dig(object.body, 'spec', 'matchConditions') ?? []);
  const [, other] = /timestamp\('([^']+)'\)/.exec(conditions) ?? [];
  if (!other && object.group === 'policies.kyverno.io')
    yield hit(
      object,
      ['spec', 'matchConditions'],
      `${nameOf(object)}: no condition compares time.now() with the end; expiresAt alone is looked at only when the policy is read anew`,
    );
  if (other && other !== date)
    yield hit(
      object,
      ['spec', 'matchConditions'],
      `${nameOf(object)}: ends ${other} by its conditions and ${date} by expiresAt`,
    );
  const declared = model.declared.services.find(
    ({ root, namespace, name }) => root && object.name === `${namespace}-${name}`,
  );
  if (declared && date.slice(0, 10) > declared.root!.expires)
    yield hit(
      object,
      ['spec', 'expiresAt'],
      `${nameOf(object)}: ends ${date.slice(0, 10)}, by zero-trust.yaml on ${declared.root!.expires}`,
    );
}

export const exceptionsOf = (model: Model): KubernetesObject[] =>
  ofKind(model, 'policies.kyverno.io/PolicyException', 'kyverno.io/PolicyException');

const annotation = ({ annotations }: KubernetesObject, name: string) =>
  Object.entries(annotations).find(([key]) => key === name || key.endsWith(`/${name}`));

const property = (object: KubernetesObject, name: string): string =>
  text(dig(object.body, 'spec', 'properties', name)).trim() || (annotation(object, name)?.[1] ?? '').trim();

/** When an exception ends, and where it says so. */
export function endOf(object: KubernetesObject): { date: string; path: Path } | undefined {
  const date = text(dig(object.body, 'spec', 'expiresAt'));
  if (date) return { date, path: ['spec', 'expiresAt'] };
  const [key, value] = annotation(object, 'expires') ?? annotation(object, 'expires-at') ?? [];
  return key ? { date: value!, path: ['metadata', 'annotations', key] } : undefined;
}
