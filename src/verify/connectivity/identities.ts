import type { AuthorizationPolicy, AuthorizationRule } from './authorization-policy.ts';
import type { IstioSettings } from './istio.ts';
import { STRANGER } from './namespaces.ts';

/** Whom a certificate names; of the mesh's own trust domain where it names none. */
export interface Identity {
  namespace: string;
  serviceAccount: string;
  trustDomain?: string;
}

/**
 * Who is let in by name, whether or not anybody runs so; for a pattern, somebody whom it means and no file shows; and somebody
 * of the mesh whom no rule means.
 */
export function identitiesOf(policies: AuthorizationPolicy[], settings: IstioSettings): Identity[] {
  if (policies.length === 0) return [];
  const rules = policies.flatMap((policy) => policy.rules);
  return [...rules.flatMap((rule) => meantBy(rule, settings)), { namespace: STRANGER, serviceAccount: ANY }];
}

const ANY = 'default';

function meantBy({ object, sources, conditions }: AuthorizationRule, settings: IstioSettings): Identity[] {
  const valuesOf = (key: string) =>
    conditions.filter((one) => one.key === key).flatMap(({ values }) => values.is);
  const principals = [...sources.flatMap((one) => one.principals.is), ...valuesOf('source.principal')];
  const namespaces = [...sources.flatMap((one) => one.namespaces.is), ...valuesOf('source.namespace')];
  const accounts = sources.flatMap((one) => one.serviceAccounts.is);
  return [
    ...principals.flatMap((one) => ofPrincipal(example(one, settings), settings)),
    ...namespaces.map((one) => ({ namespace: one.replace('*', 'any'), serviceAccount: ANY })),
    ...accounts.map((one) => {
      const [serviceAccount = '', namespace = object.namespace] = one.split('/').toReversed();
      return { namespace, serviceAccount };
    }),
  ];
}

function ofPrincipal(principal: string, settings: IstioSettings): Identity[] {
  const [, trustDomain, namespace, serviceAccount] = PRINCIPAL.exec(principal) ?? [];
  if (!trustDomain || !namespace || !serviceAccount) return [];
  return [{ namespace, serviceAccount, ...(trustDomain !== settings.trustDomain && { trustDomain }) }];
}

const PRINCIPAL = /^([^/*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/** A principal that a pattern means: what stands before or after its star, and the rest as nobody of the cluster has it. */
function example(pattern: string, { trustDomain }: IstioSettings): string {
  const anybody = [trustDomain, 'ns', STRANGER, 'sa', ANY];
  if (pattern.endsWith('*')) {
    const parts = pattern.slice(0, -1).split('/');
    const last = parts.length - 1;
    return [
      ...parts.slice(0, last),
      started(parts[last]!, anybody[last] ?? ''),
      ...anybody.slice(last + 1),
    ].join('/');
  }
  if (!pattern.startsWith('*')) return pattern;
  const parts = pattern.slice(1).split('/');
  const first = anybody.length - parts.length;
  return [...anybody.slice(0, first), ended(parts[0]!, anybody[first] ?? ''), ...parts.slice(1)].join('/');
}

const started = (text: string, full: string) => (full.startsWith(text) ? full : `${text}any`);
const ended = (text: string, full: string) => (full.endsWith(text) ? full : `any${text}`);
