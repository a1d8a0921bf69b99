import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records } from '../../selectors.ts';
import { scopeOf } from '../select/exception.ts';
import { admissionPolicies, isAbout, isAboutDebug, type AdmissionPolicy } from './admission.ts';
import { constraintExceptions, rootService } from './constraint-exceptions.ts';

/** https://kyverno.io/docs/exceptions/ */
export const exceptionScope: Rule = {
  id: 'enforce/exception-scope',
  area: 'enforce',
  severity: 'error',
  title: 'An exception of a service is from the rules that it needs',
  why: '`root` in zero-trust.yaml is about users and capabilities; a further policy in the exception is off for these pods, and nobody agreed to that.',
  fix: 'Take the policy out of policyRefs, or the exception out of the constraint.',
  *check(model) {
    const policies = admissionPolicies(model);
    for (const object of ofKind(model, 'policies.kyverno.io/PolicyException')) {
      if (!isOfService(model, object)) continue;
      const { namespace } = scopeOf(object);
      for (const [index, one] of records(dig(object.body, 'spec', 'policyRefs')).entries()) {
        const policy = policies.find((item) => item.object.name === one['name']);
        if (policy && !(isAboutRoot(policy) && isAbout(policy, namespace)))
          yield hit(
            object,
            ['spec', 'policyRefs', index],
            `${nameOf(object)}: ${one['name']} is no rule that pods which start as root break in ${namespace}`,
          );
      }
    }
    for (const { object, path, name, namespace, labels } of constraintExceptions(model)) {
      const policy = policies.find((one) => one.object === object);
      if (policy && !isAboutRoot(policy) && rootService(model, namespace, labels))
        yield hit(object, path, `${name}: is no rule that pods which start as root break`);
    }
  },
};

const isAboutRoot = ({ expressions, resources }: AdmissionPolicy) =>
  /runAsNonRoot|capabilities/.test(expressions) && !isAboutDebug(resources);

function isOfService(model: Model, object: KubernetesObject): boolean {
  const { namespace, labels } = scopeOf(object);
  return rootService(model, namespace, labels) !== undefined;
}
