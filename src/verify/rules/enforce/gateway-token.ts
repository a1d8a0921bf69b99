import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, texts } from '../../selectors.ts';
import { gatewaysOf, listenersOf, type Listener } from '../select/gateways.ts';
import { isBehindTls } from '../select/gateway-service.ts';
import { holdsFor, policyFor, publicListeners, replacing, targetsOf } from './gateway-policies.ts';
import { isClosed, trustsOnly } from './security-policy.ts';
import { deniesWithoutToken } from './token-policy.ts';

/** https://istio.io/latest/docs/reference/config/security/request_authentication/ */
export const gatewayToken: Rule = {
  id: 'enforce/gateway-token',
  area: 'enforce',
  severity: 'error',
  title: 'Who must bring a token is refused without one',
  why: 'A check of tokens alone turns bad ones away and lets a request without any pass: whoever leaves it out is in.',
  fix: 'Restore the policy that refuses requests without a token, its listeners and its paths, or change inputs.jwtIssuer and inputs.jwtOpenPaths in zero-trust.yaml.',
  *check(model) {
    yield* unpaired(model);
    const { jwt } = model.declared.gateway;
    if (!jwt) return;
    for (const listener of publicListeners(model)) {
      const problem = isMesh(model) ? atMesh(model, listener) : atGateway(model, listener);
      const { gateway, path, name } = listener;
      if (problem) yield hit(gateway, path, `${nameOf(gateway)}: listener ${name} ${problem}`);
    }
    yield* plainListeners(model);
    for (const policy of replacing(securityPolicies(model)))
      if (!dig(policy.body, 'spec', 'jwt'))
        yield hit(
          policy,
          ['spec'],
          `${nameOf(policy)}: replaces the Gateway's demand for a token at its route`,
        );
  },
};

const checks = (model: Model) => ofKind(model, 'security.istio.io/RequestAuthentication');
const rules = (model: Model) => ofKind(model, 'security.istio.io/AuthorizationPolicy');
const securityPolicies = (model: Model) => ofKind(model, 'gateway.envoyproxy.io/SecurityPolicy');
const isMesh = (model: Model) => securityPolicies(model).length === 0;

/** Checks of tokens beside which nothing asks for one, at the Gateway or anywhere. */
function* unpaired(model: Model): Generator<Hit> {
  const place = (one: KubernetesObject) =>
    JSON.stringify([one.namespace, targetsOf(one), dig(one.body, 'spec', 'selector') ?? {}]);
  for (const check of checks(model))
    if (!rules(model).some((rule) => place(rule) === place(check) && deniesWithoutToken(rule)))
      yield hit(
        check,
        ['spec'],
        `${nameOf(check)}: lets requests without a token pass, and no AuthorizationPolicy refuses them`,
      );
}

function atMesh(model: Model, { gateway, port }: Listener): string | undefined {
  const jwt = model.declared.gateway.jwt!;
  const found = checks(model)
    .filter((one) => holdsFor(model, one, gateway))
    .flatMap((one) => records(dig(one.body, 'spec', 'jwtRules')));
  const declared = found.filter(
    (one) =>
      one['issuer'] === jwt.issuer &&
      one['jwksUri'] === jwt.jwks &&
      String(texts(one['audiences'])) === String(jwt.audiences),
  );
  if (declared.length === 0) return `checks no tokens of ${jwt.issuer}`;
  if (found.length > declared.length) return 'takes tokens of others as well';
  const open = jwt.openPaths.map((one) => one.path);
  const refuses = rules(model)
    .filter((one) => holdsFor(model, one, gateway))
    .some((one) => deniesWithoutToken(one, { port: String(port), open }));
  return refuses ? undefined : 'lets requests without a token pass';
}

function atGateway(model: Model, listener: Listener): string | undefined {
  const jwt = model.declared.gateway.jwt!;
  const policy = policyFor(securityPolicies(model), listener);
  if (!policy || !trustsOnly(policy, jwt)) return `does not check tokens of ${jwt.issuer} alone`;
  return isClosed(policy, jwt.openPaths) ? undefined : 'lets requests without a token pass';
}

/** Challenges come to port 80 without a token. */
function* plainListeners(model: Model): Generator<Hit> {
  const open = model.declared.gateway.jwt!.openPaths.map((one) => one.path);
  for (const listener of gatewaysOf(model)
    .filter((gateway) => !isBehindTls(model, gateway))
    .flatMap(listenersOf)
    .filter((one) => one.protocol === 'HTTP')) {
    const { gateway, path, name, port } = listener;
    const asked =
      dig(policyFor(securityPolicies(model), listener)?.body, 'spec', 'jwt') !== undefined ||
      rules(model)
        .filter((one) => holdsFor(model, one, gateway))
        .some((one) => deniesWithoutToken(one, { port: String(port), open }));
    if (asked)
      yield hit(gateway, path, `${nameOf(gateway)}: listener ${name} asks ACME challenges for a token`);
  }
}
