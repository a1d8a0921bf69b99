import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, text, texts, ofKind } from '../../selectors.ts';
import { gatewaysOf, listenersOf } from './gateways.ts';

/** https://gateway-api.sigs.k8s.io/guides/tls/ */
export const certificate: Rule = {
  id: 'select/certificate',
  area: 'select',
  severity: 'error',
  title: 'A listener has a certificate of its host',
  why: 'Clients refuse a certificate of another name, and users learn to click the warning away.',
  fix: "Put the listener's hostname among the dnsNames of the Certificate behind it.",
  *check(model) {
    const certificates = ofKind(model, 'cert-manager.io/Certificate');
    for (const one of gatewaysOf(model).flatMap(listenersOf)) {
      const references = records(dig(one.body, 'tls', 'certificateRefs'));
      if (
        ['HTTPS', 'TLS'].includes(one.protocol) &&
        references.length === 0 &&
        dig(one.body, 'tls', 'mode') !== 'Passthrough'
      )
        yield hit(one.gateway, one.path, `${nameOf(one.gateway)}: listener ${one.name} has no certificate`);
      for (const [index, reference] of references.entries()) {
        const namespace = text(reference['namespace']) || one.gateway.namespace;
        const issued = certificates.filter(
          (item) =>
            item.namespace === namespace && dig(item.body, 'spec', 'secretName') === reference['name'],
        );
        const names = issued.flatMap((item) => texts(dig(item.body, 'spec', 'dnsNames')));
        if (!one.hostname || issued.length === 0 || names.some((name) => isOf(name, one.hostname))) continue;
        const message = `${nameOf(one.gateway)}: listener ${one.name} serves ${one.hostname}, its certificate is of ${names.join(', ') || 'no name'}`;
        yield hit(one.gateway, [...one.path, 'tls', 'certificateRefs', index], message);
      }
    }
  },
};

/** A wildcard stands for one label: https://www.rfc-editor.org/rfc/rfc9525#section-6.3 */
const isOf = (name: string, host: string) =>
  name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
