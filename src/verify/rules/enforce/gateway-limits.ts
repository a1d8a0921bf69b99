import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text } from '../../selectors.ts';
import type { Listener } from '../select/gateways.ts';
import { holdsFor, policyFor, publicListeners, replacing } from './gateway-policies.ts';

const TYPES = 'type.googleapis.com/envoy.extensions.filters.http.';
const UNITS: Record<string, number> = { Second: 1, Minute: 60, Hour: 3600, Day: 86_400 };
const SIZES: Record<string, number> = {
  '': 1,
  k: 1e3,
  Ki: 1024,
  M: 1e6,
  Mi: 1024 ** 2,
  G: 1e9,
  Gi: 1024 ** 3,
};

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter */
export const gatewayLimits: Rule = {
  id: 'enforce/gateway-limits',
  area: 'enforce',
  severity: 'error',
  title: 'Every public listener keeps the declared limits',
  why: 'A limit that is attached to another listener, or that is counted but not enforced, lets every request through.',
  fix: 'Restore the limit of the Gateway, or change inputs.rateLimit or inputs.maxRequestBody in zero-trust.yaml.',
  *check(model) {
    const { rateLimit, maxRequestBody } = model.declared.gateway;
    for (const listener of publicListeners(model)) {
      const { gateway, path, name } = listener;
      const say = (what: string) => hit(gateway, path, `${nameOf(gateway)}: listener ${name} ${what}`);
      if (rateLimit && !rates(model, listener).some((one) => isWithin(one, rateLimit)))
        yield say(`is not held to ${rateLimit.requests} requests in ${rateLimit.seconds} s`);
      if (maxRequestBody && !sizes(model, listener).some((one) => one <= maxRequestBody.bytes))
        yield say(`takes bodies of more than ${maxRequestBody.size}`);
    }
    if (rateLimit || maxRequestBody) yield* replaced(model);
  },
};

interface Rate {
  requests: number;
  seconds: number;
}

const isWithin = (one: Rate, declared: Rate): boolean =>
  one.requests <= declared.requests && one.requests / one.seconds <= declared.requests / declared.seconds;

function* replaced(model: Model): Generator<Hit> {
  for (const policy of replacing(trafficPolicies(model)))
    yield hit(policy, ['spec'], `${nameOf(policy)}: replaces the limits of the Gateway at its route`);
}

const trafficPolicies = (model: Model) => ofKind(model, 'gateway.envoyproxy.io/BackendTrafficPolicy');

function rates(model: Model, listener: Listener): Rate[] {
  const policy = policyFor(trafficPolicies(model), listener);
  const local = dig(policy?.body, 'spec', 'rateLimit');
  const rules = records(dig(local, text(dig(local, 'type')).toLowerCase(), 'rules'));
  return [
    ...rules
      .filter((one) => records(one['clientSelectors']).length === 0 && one['shadowMode'] !== true)
      .map((one) => ({
        requests: Number(dig(one, 'limit', 'requests')),
        seconds: UNITS[text(dig(one, 'limit', 'unit'))] ?? 0,
      })),
    ...filters(model, listener, `${TYPES}local_ratelimit.v3.LocalRateLimit`)
      .filter((one) => isWhole(one['filter_enabled']) && isWhole(one['filter_enforced']))
      .map((one) => ({
        requests: Math.max(
          Number(dig(one, 'token_bucket', 'max_tokens')),
          Number(dig(one, 'token_bucket', 'tokens_per_fill') ?? 1),
        ),
        seconds: Number.parseFloat(text(dig(one, 'token_bucket', 'fill_interval'))),
      })),
  ];
}

/** Zero without a word; of a hundred unless it says otherwise. */
const isWhole = (fraction: unknown): boolean =>
  dig(fraction, 'default_value', 'numerator') === 100 &&
  (dig(fraction, 'default_value', 'denominator') ?? 'HUNDRED') === 'HUNDRED';

function sizes(model: Model, listener: Listener): number[] {
  const policy = policyFor(trafficPolicies(model), listener);
  const limit = dig(policy?.body, 'spec', 'requestBuffer', 'limit');
  return [
    ...(limit === undefined ? [] : [bytesOf(String(limit))]),
    ...filters(model, listener, `${TYPES}buffer.v3.Buffer`).map((one) => Number(one['max_request_bytes'])),
  ];
}

function bytesOf(quantity: string): number {
  const [, number, unit = ''] = /^(\d+)(\D*)$/.exec(quantity) ?? [];
  return Number(number) * (SIZES[unit] ?? Number.NaN);
}

/** Settings of a filter that the mesh puts in for a listener. https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
function filters(model: Model, listener: Listener, type: string): Record<string, unknown>[] {
  const holds = (one: KubernetesObject) => holdsFor(model, one, listener.gateway);
  return ofKind(model, 'networking.istio.io/EnvoyFilter')
    .filter(holds)
    .flatMap((one) => records(dig(one.body, 'spec', 'configPatches')))
    .filter(
      (one) =>
        one['applyTo'] === 'HTTP_FILTER' &&
        ['GATEWAY', 'ANY'].includes(text(dig(one, 'match', 'context')) || 'ANY') &&
        (dig(one, 'match', 'listener', 'portNumber') ?? listener.port) === listener.port &&
        [listener.hostname, undefined].includes(
          dig(one, 'match', 'listener', 'filterChain', 'sni') as string | undefined,
        ) &&
        /^(ADD|INSERT_)/.test(text(dig(one, 'patch', 'operation'))),
    )
    .map((one) => dig(one, 'patch', 'value', 'typed_config') as Record<string, unknown>)
    .filter((one) => dig(one, '@type') === type);
}
