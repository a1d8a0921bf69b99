import type { ServicePortPlan } from '../types/service-plan.ts';

/** What browsers are told about every response (OWASP Secure Headers Project). */
const DEFAULTS: Record<string, string> = {
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};

export const isForBrowsers = (port: ServicePortPlan): boolean => port.appProtocol !== 'grpc';

/** The headers of a route: the defaults, then what the service says about them; null leaves one to the service. */
export function responseHeaders(
  withDefaults: boolean,
  own: Record<string, string | null>,
): { name: string; value: string }[] {
  const found = new Map<string, { name: string; value: string | null }>();
  for (const [name, value] of [...Object.entries(withDefaults ? DEFAULTS : {}), ...Object.entries(own)])
    found.set(name.toLowerCase(), { name, value });
  return [...found.values()].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
}
