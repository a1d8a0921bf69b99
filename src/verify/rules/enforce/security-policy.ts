import type { GatewayPlan } from '../../../types/gateway-plan.ts';
import type { KubernetesObject } from '../../model.ts';
import { dig, records, text, texts } from '../../selectors.ts';

type Jwt = NonNullable<GatewayPlan['jwt']>;

/** Whether a SecurityPolicy takes tokens of the declared issuer, and of nobody else. */
export function trustsOnly({ body }: KubernetesObject, jwt: Jwt): boolean {
  const providers = records(dig(body, 'spec', 'jwt', 'providers'));
  return (
    providers.length > 0 &&
    providers.every(
      (one) =>
        one['issuer'] === jwt.issuer &&
        dig(one, 'remoteJWKS', 'uri') === jwt.jwks &&
        String(texts(one['audiences'])) === String(jwt.audiences),
    )
  );
}

/**
 * Whether a request without a token gets in at open paths only.
 * https://gateway.envoyproxy.io/docs/api/extension_types/#jwt
 */
export function isClosed({ body }: KubernetesObject, open: Jwt['openPaths']): boolean {
  if (dig(body, 'spec', 'jwt', 'failOpen') === true) return false;
  if (dig(body, 'spec', 'jwt', 'optional') !== true) return true;
  const authorization = dig(body, 'spec', 'authorization');
  return (
    authorization !== undefined &&
    (dig(authorization, 'defaultAction') ?? 'Deny') === 'Deny' &&
    records(dig(authorization, 'rules'))
      .filter((one) => one['action'] === 'Allow')
      .every((one) => dig(one, 'principal', 'jwt') !== undefined || isOpen(one, open))
  );
}

function isOpen(rule: Record<string, unknown>, open: Jwt['openPaths']): boolean {
  const path = dig(rule, 'operation', 'path');
  const type = text(dig(path, 'type')) || 'PathPrefix';
  return open.some(
    (one) =>
      one.value === dig(path, 'value') &&
      type === (one.isPrefix ? 'PathPrefix' : 'Exact') &&
      dig(path, 'invert') !== true,
  );
}
