import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records } from '../../selectors.ts';
import { isBehindTls } from '../select/gateway-service.ts';
import { attachmentsOf, routesOf } from '../select/gateways.ts';

/** https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/#http-to-https-redirects */
export const plainHttp: Rule = {
  id: 'enforce/plain-http',
  area: 'enforce',
  severity: 'error',
  title: 'Plain HTTP only redirects',
  why: 'What is served without TLS can be read and changed by everybody between the user and the Gateway.',
  fix: 'Name the HTTPS listener in sectionName; leave the HTTP listener to the redirect.',
  *check(model) {
    for (const route of routesOf(model).filter((one) => /^(HTTP|GRPC)Route$/.test(one.kind))) {
      const rules = records(dig(route.body, 'spec', 'rules'));
      const isRedirect = rules.length > 0 && rules.every(redirects);
      for (const { path, gateway, taken, named } of attachmentsOf(model, route)) {
        if (named.length > 1 && dig(route.body, ...path, 'sectionName') === undefined)
          yield hit(
            route,
            path,
            `${nameOf(route)}: names no listener, and attaches to each that takes it, later ones too`,
          );
        if (isRedirect) continue;
        const plain = taken.filter((one) => one.protocol === 'HTTP');
        if (plain.length && !isBehindTls(model, gateway))
          yield hit(
            route,
            path,
            `${nameOf(route)}: is served without TLS by the listener ${plain.map((one) => one.name).join(', ')}`,
          );
      }
    }
  },
};

const redirects = (rule: Record<string, unknown>) =>
  records(rule['filters']).some(
    (one) => one['type'] === 'RequestRedirect' && dig(one, 'requestRedirect', 'scheme') === 'https',
  ) && records(rule['backendRefs']).length === 0;
