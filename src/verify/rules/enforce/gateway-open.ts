import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, selects } from '../../selectors.ts';
import { gatewaysOf, listenersOf } from '../select/gateways.ts';
import { namespacesOf } from '../select/namespaces.ts';

/** https://gateway-api.sigs.k8s.io/guides/multiple-ns/ */
export const gatewayOpen: Rule = {
  id: 'enforce/gateway-open',
  area: 'enforce',
  severity: 'error',
  title: 'A listener takes routes of named namespaces only',
  why: 'Whoever may make a route in any namespace can take over a host name, and what its users send.',
  fix: 'Set allowedRoutes.namespaces.from to Selector, with the namespaces that zero-trust.yaml exposes.',
  *check(model) {
    for (const gateway of gatewaysOf(model)) {
      const at = ['spec', 'allowedListeners', 'namespaces', 'from'];
      if (!['None', undefined].includes(dig(gateway.body, ...at) as string | undefined))
        yield hit(gateway, at, `${nameOf(gateway)}: lets others add listeners, with host names of their own`);
    }
    for (const { gateway, path, name, protocol, hostname, body } of gatewaysOf(model).flatMap(listenersOf)) {
      const at = [...path, 'allowedRoutes', 'namespaces'];
      const allowed = dig(gateway.body, ...at);
      const from = dig(allowed, 'from') ?? 'Same';
      const say = (what: string) => hit(gateway, at, `${nameOf(gateway)}: listener ${name} ${what}`);
      const selector = dig(allowed, 'selector');
      if (from === 'All' || (from === 'Selector' && isEmptySelector(selector)))
        yield say('takes routes of every namespace');
      else if (from === 'Selector') {
        const declared = model.declared.hosts.find((one) => one.host === hostname);
        const others = namespacesOf(model)
          .filter((one) => selects(selector, one.labels))
          .filter((one) => declared && !declared.namespaces.includes(one.name));
        if (others.length)
          yield say(
            `takes routes of ${others.map((one) => one.name).join(', ')}, which zero-trust.yaml does not expose at ${hostname}`,
          );
      }
      if (protocol === 'HTTPS' && !hostname)
        yield hit(gateway, path, `${nameOf(gateway)}: listener ${name} has no hostname and serves every one`);
      if (protocol === 'HTTPS' && dig(body, 'tls', 'mode') === 'Passthrough')
        yield hit(
          gateway,
          [...path, 'tls', 'mode'],
          `${nameOf(gateway)}: listener ${name} passes TLS through, unseen`,
        );
    }
  },
};
