import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, type Path } from '../../selectors.ts';

const OLD = /^(1\.[01]|TLSV1_[01]|Auto)$/;

/** https://www.rfc-editor.org/rfc/rfc8996: TLS 1.0 and 1.1 must not be used. */
export const tlsVersion: Rule = {
  id: 'enforce/tls-version',
  area: 'enforce',
  severity: 'error',
  title: 'The Gateway speaks TLS 1.2 or later',
  why: 'Older versions can be broken on the way.',
  fix: 'Set minVersion to "1.2" or "1.3".',
  *check(model) {
    const path: Path = ['spec', 'tls', 'minVersion'];
    for (const object of ofKind(model, 'gateway.envoyproxy.io/ClientTrafficPolicy'))
      if (OLD.test(String(dig(object.body, ...path))))
        yield hit(object, path, `${nameOf(object)}: minVersion is ${dig(object.body, ...path)}`);
    for (const object of ofKind(model, 'networking.istio.io/Gateway'))
      for (const [index, server] of records(dig(object.body, 'spec', 'servers')).entries())
        if (OLD.test(String(dig(server, 'tls', 'minProtocolVersion'))))
          yield hit(
            object,
            ['spec', 'servers', index, 'tls'],
            `${nameOf(object)}: minProtocolVersion is ${dig(server, 'tls', 'minProtocolVersion')}`,
          );
  },
};
