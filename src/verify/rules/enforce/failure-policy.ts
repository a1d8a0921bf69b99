import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';
import { admissionPolicies } from './admission.ts';
import { gatekeeperReleases } from './gatekeeper-release.ts';

/** Values of Gatekeeper's chart, and what they are when a release says nothing. */
const FAILURE_VALUES = {
  validatingWebhookFailurePolicy: 'Ignore',
  validatingWebhookCheckIgnoreFailurePolicy: 'Fail',
};

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy */
export const failurePolicy: Rule = {
  id: 'enforce/failure-policy',
  area: 'enforce',
  severity: 'error',
  title: 'What refuses also refuses while it is down',
  why: 'With failurePolicy Ignore, whoever can stop or slow the webhook gets everything in.',
  fix: "Set failurePolicy to Fail; Gatekeeper's chart has validatingWebhookFailurePolicy for it.",
  *check(model) {
    for (const { object, refuses, failurePolicy: found } of admissionPolicies(model))
      if (refuses && found !== 'Fail')
        yield hit(object, ['spec', 'failurePolicy'], `${nameOf(object)}: failurePolicy is ${found}`);
    for (const release of gatekeeperReleases(model))
      for (const [value, standard] of Object.entries(FAILURE_VALUES))
        if ((text(dig(release.body, 'spec', 'values', value)) || standard) !== 'Fail')
          yield hit(release, ['spec', 'values', value], `${nameOf(release)}: ${value} is not Fail`);
    for (const object of ofKind(model, 'admissionregistration.k8s.io/ValidatingWebhookConfiguration'))
      for (const [index, webhook] of records(dig(object.body, 'webhooks')).entries())
        if (webhook['failurePolicy'] === 'Ignore')
          yield hit(
            object,
            ['webhooks', index, 'failurePolicy'],
            `${nameOf(object)}: failurePolicy of ${webhook['name']} is Ignore`,
          );
  },
};
