import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, podsSelected, records, text } from '../../selectors.ts';
import { isAboutDebug } from '../enforce/admission.ts';
import { constraintExceptions } from '../enforce/constraint-exceptions.ts';
import { constraintsOf, ofConstraint } from '../enforce/constraints.ts';

type Service = Model['declared']['services'][number];

/**
 * An exception is for pods that exist, and a declared exception is there.
 * https://kyverno.io/docs/exceptions/
 */
export const exception: Rule = {
  id: 'select/exception',
  area: 'select',
  severity: 'error',
  title: 'An exception is for pods that exist',
  why: 'An exception for everything, or for pods that do not exist, is a hole that waits for somebody; one that is missing keeps declared pods out.',
  fix: "Bind the exception to a namespace and to the labels of the pods, as zero-trust.yaml's `root` does.",
  *check(model) {
    const exceptions = ofKind(model, 'policies.kyverno.io/PolicyException');
    for (const one of exceptions) {
      const scope = scopeOf(one);
      const home = homeOf(model);
      if (home && one.namespace !== home)
        yield hit(
          one,
          ['metadata', 'namespace'],
          `${nameOf(one)}: exceptions count in the namespace ${home} only`,
        );
      if (!scope.namespace || Object.keys(scope.labels).length === 0)
        yield hit(
          one,
          ['spec', 'matchConditions'],
          `${nameOf(one)}: spec.matchConditions does not bind it to a namespace and to labels`,
        );
      else if (podsSelected(model, scope.namespace, { matchLabels: scope.labels }).length === 0)
        yield hit(
          one,
          ['spec', 'matchConditions'],
          `${nameOf(one)}: no pod of ${scope.namespace} is ${JSON.stringify(scope.labels)}`,
        );
    }
    yield* ofConstraints(model);
    if (ofKind(model, 'policies.kyverno.io/ValidatingPolicy').length === 0) return;
    for (const service of model.declared.services.filter((item) => isRefused(model, item))) {
      if (exceptions.some((one) => isFor(one, service))) continue;
      const message = `${service.namespace}/${service.name} starts as root by zero-trust.yaml, and no PolicyException lets its pods in`;
      yield { file: 'zero-trust.yaml', message };
    }
  },
};

/** Exceptions in a constraint, and constraints that lack one. */
function* ofConstraints(model: Model): Generator<Hit> {
  const exceptions = constraintExceptions(model);
  for (const { object, path, name, namespace, labels } of exceptions)
    if (!namespace || Object.keys(labels).length === 0)
      yield hit(object, path, `${name} is not bound to a namespace and to labels`);
    else if (podsSelected(model, namespace, { matchLabels: labels }).length === 0)
      yield hit(object, path, `${name}: no pod of ${namespace} is ${JSON.stringify(labels)}`);
  const rules = constraintsOf(model).map((one) => ofConstraint(model, one));
  for (const { object, expressions, resources } of rules.filter((one) => one.refuses)) {
    if (isAboutDebug(resources)) continue;
    const needs = ({ root }: Service) =>
      expressions.includes('runAsNonRoot') ||
      (expressions.includes('capabilities') && root!.capabilities.length > 0);
    for (const service of model.declared.services.filter((item) => isRefused(model, item) && needs(item)))
      if (!exceptions.some((one) => one.object === object && covers(one, service)))
        yield hit(
          object,
          ['spec', 'parameters'],
          `${nameOf(object)}: ${service.namespace}/${service.name} starts as root by zero-trust.yaml, and no exception lets its pods in`,
        );
  }
}

const covers = (
  scope: { namespace: string; labels: Record<string, string> },
  { namespace, labels }: Service,
) =>
  scope.namespace === namespace &&
  Object.entries(scope.labels).every(([key, value]) => labels[key] === value);

/** The one namespace that the engine takes exceptions from: https://kyverno.io/docs/exceptions/#container-flags */
function homeOf(model: Model): string {
  const path = ['spec', 'values', 'features', 'policyExceptions', 'namespace'];
  const homes = ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease').map((one) =>
    text(dig(one.body, ...path)),
  );
  return homes.find((one) => one && one !== '*') ?? '';
}

/** Namespace and labels that the conditions of an exception ask for, each by an equality in CEL. */
export function scopeOf({ body }: KubernetesObject): { namespace: string; labels: Record<string, string> } {
  const conditions = records(dig(body, 'spec', 'matchConditions')).map((one) => text(one['expression']));
  const namespace =
    conditions.flatMap((one) => /metadata\.namespace == '([^']+)'/.exec(one)?.[1] ?? [])[0] ?? '';
  const labels = conditions.flatMap((one) => {
    const [, key, value] = /labels\[\??'([^']+)'\](?:\.orValue\(''\))? == '([^']*)'/.exec(one) ?? [];
    return key ? [[key, value!] as const] : [];
  });
  return { namespace, labels: Object.fromEntries(labels) };
}

const isFor = (object: KubernetesObject, service: Service) => covers(scopeOf(object), service);

/** Whether policies would refuse the pods of a service: it starts as root where they deny. */
const isRefused = ({ declared }: Model, { root, own, namespace }: Service) =>
  root !== null &&
  !own &&
  declared.namespaces.some((one) => one.name === namespace && one.stages.policies === 'enforce');
