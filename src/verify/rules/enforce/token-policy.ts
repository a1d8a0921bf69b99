import type { KubernetesObject } from '../../model.ts';
import { isObject } from '../../object.ts';
import { dig, records, texts } from '../../selectors.ts';

/** A listener's port, and the paths that need no token. */
interface Place {
  port: string;
  open: string[];
}

/**
 * Whether an AuthorizationPolicy refuses requests without a token: it denies who has no principal of a request, or allows only who
 * has one. With a place: there, but for its open paths.
 * https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#require-a-valid-token
 */
export function deniesWithoutToken({ body, annotations }: KubernetesObject, place?: Place): boolean {
  if (annotations['istio.io/dry-run'] === 'true') return false;
  const action = dig(body, 'spec', 'action') ?? 'ALLOW';
  const rules = records(dig(body, 'spec', 'rules'));
  if (action === 'DENY') return rules.some((rule) => isDeny(rule, place));
  return action === 'ALLOW' && rules.length > 0 && rules.every(asksForToken);
}

const sourcesOf = (rule: Record<string, unknown>) =>
  records(rule['from']).map((one) => (isObject(one['source']) ? one['source'] : {}));

const asksForToken = (rule: Record<string, unknown>): boolean =>
  sourcesOf(rule).length > 0 && sourcesOf(rule).every((one) => texts(one['requestPrincipals']).length > 0);

function isDeny(rule: Record<string, unknown>, place: Place | undefined): boolean {
  const nobody = sourcesOf(rule).some(
    (one) => Object.keys(one).length === 1 && texts(one['notRequestPrincipals']).includes('*'),
  );
  if (!nobody || records(rule['when']).length > 0) return false;
  const operations = records(rule['to']).map((one) => one['operation']);
  return operations.length === 0 || operations.some((one) => isWide(one, place));
}

/** Nothing but a port and open paths may narrow it. */
function isWide(operation: unknown, place: Place | undefined): boolean {
  const fields = Object.keys(isObject(operation) ? operation : {});
  if (!fields.every((one) => ['ports', 'notPaths'].includes(one))) return false;
  if (!place) return true;
  const ports = texts(dig(operation, 'ports'));
  return (
    (ports.length === 0 || ports.includes(place.port)) &&
    texts(dig(operation, 'notPaths')).every((path) => place.open.includes(path))
  );
}
