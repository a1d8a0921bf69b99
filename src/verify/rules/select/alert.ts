import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';
import { exists } from './known.ts';

/** https://fluxcd.io/flux/components/notification/alerts/ */
export const alert: Rule = {
  id: 'select/alert',
  area: 'select',
  severity: 'error',
  title: 'Alerts are about something, and go somewhere',
  why: 'An alert about nothing, or one that is suspended, is silent. Silence then looks like peace.',
  fix: 'Correct the event source, resume it, or delete it.',
  *check(model) {
    const alerts = ofKind(model, 'notification.toolkit.fluxcd.io/Alert');
    for (const object of alerts) {
      for (const [index, one] of records(dig(object.body, 'spec', 'eventSources')).entries()) {
        const [kind, name] = [text(one['kind']), text(one['name'])];
        const namespace = text(one['namespace']) || object.namespace;
        const isBootstrapped = name === 'flux-system' && namespace === 'flux-system';
        if (name !== '*' && !isBootstrapped && !exists(model, kind, namespace, name))
          yield hit(
            object,
            ['spec', 'eventSources', index],
            `${nameOf(object)}: is about ${nameOf({ kind, namespace, name })}, which does not exist`,
          );
      }
    }
    const providers = ofKind(model, 'notification.toolkit.fluxcd.io/Provider');
    for (const object of [...alerts, ...providers])
      if (dig(object.body, 'spec', 'suspend') === true)
        yield hit(object, ['spec', 'suspend'], `${nameOf(object)}: is suspended`);
    for (const object of providers)
      if (!alerts.some((one) => dig(one.body, 'spec', 'providerRef', 'name') === object.name))
        yield hit(object, [], `${nameOf(object)}: no alert goes to it`);
  },
};
