import type { RoutePlan } from '../../../types/service-plan.ts';
import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records } from '../../selectors.ts';

/** https://gateway-api.sigs.k8s.io/guides/http-timeouts/ and https://gateway-api.sigs.k8s.io/guides/http-header-modifier/ */
export const routeSettings: Rule = {
  id: 'enforce/route-settings',
  area: 'enforce',
  severity: 'error',
  title: 'A public route keeps its declared timeout and response headers',
  why: 'A route that waits for ever holds connections; without the headers a browser goes back to plain HTTP when it is told to, guesses types, and shows pages in frames of others.',
  fix: 'Restore the route, or change expose of the service, or inputs.securityHeaders, in zero-trust.yaml.',
  *check(model) {
    const routes = ofKind(model, 'gateway.networking.k8s.io/HTTPRoute');
    for (const { namespace, routes: declared } of model.declared.services)
      for (const one of declared) {
        const route = routes.find((other) => other.name === one.name && other.namespace === namespace);
        for (const [index, rule] of records(dig(route?.body, 'spec', 'rules')).entries())
          for (const problem of problemsOf(rule, one))
            if (route) yield hit(route, ['spec', 'rules', index], `${nameOf(route)}: ${problem}`);
      }
  },
};

function problemsOf(rule: Record<string, unknown>, { timeout, responseHeaders }: RoutePlan): string[] {
  const found = dig(rule, 'timeouts', 'request');
  const set = records(rule['filters']).flatMap((one) => records(dig(one, 'responseHeaderModifier', 'set')));
  const missing = responseHeaders.filter(
    (one) => !set.some((other) => other['name'] === one.name && other['value'] === one.value),
  );
  return [
    ...(found === timeout ? [] : [`answers within ${found ?? 'any time'}, not ${timeout}`]),
    ...(missing.length ? [`does not set ${missing.map((one) => one.name).join(', ')} as declared`] : []),
  ];
}
