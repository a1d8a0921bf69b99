import type { KubernetesObject } from '../model.ts';
import { isObject } from '../object.ts';
import { dig, records, text, texts, type Path } from '../selectors.ts';
import type { IstioSettings } from './istio.ts';
import { inNamespace, oneOf, requirementsOf, type PodMatch } from './label-selector.ts';
import { GATEWAY_NAME } from './mesh-membership.ts';

/** Texts of a field and of its negation. */
export interface Wanted {
  is: string[];
  isNot: string[];
}

export interface Source {
  principals: Wanted;
  namespaces: Wanted;
  serviceAccounts: Wanted;
  /** Networks that the connection must come from; empty: any. */
  ipBlocks: string[];
  /** Fields that depend on addresses, tokens or other trust domains: no file answers them. */
  unknown: boolean;
}

export interface Operation {
  ports: Wanted;
  methods: Wanted;
  paths: Wanted;
  hosts: Wanted;
}

export interface Condition {
  key: string;
  values: Wanted;
}

export interface AuthorizationRule {
  object: KubernetesObject;
  path: Path;
  /** Empty: any source, any operation. */
  sources: Source[];
  operations: Operation[];
  conditions: Condition[];
}

export interface AuthorizationPolicy {
  object: KubernetesObject;
  action: 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT';
  /** Pods that it guards. */
  subjects: PodMatch[];
  /** What only a waypoint in front of pods guards: a Service, a Gateway by name, every waypoint. */
  waypoints: { kind: string; name: string }[];
  rules: AuthorizationRule[];
}

/**
 * What an AuthorizationPolicy of security.istio.io means; one that only tries itself out (`istio.io/dry-run`) means nothing.
 *
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/ and, for targetRefs,
 * https://github.com/istio/istio/blob/master/pilot/pkg/model/policyattachment.go
 */
export function readAuthorizationPolicy(
  object: KubernetesObject,
  settings: IstioSettings,
): AuthorizationPolicy | undefined {
  if (object.group !== 'security.istio.io' || object.kind !== 'AuthorizationPolicy') return undefined;
  if (object.annotations['istio.io/dry-run'] === 'true') return undefined;
  const spec = dig(object.body, 'spec');
  const action = text(dig(spec, 'action')) || 'ALLOW';
  return {
    object,
    action: action as AuthorizationPolicy['action'],
    ...targetsOf(object, spec, settings),
    rules: records(dig(spec, 'rules')).map((rule, index) =>
      ruleOf(object, rule, ['spec', 'rules', index], settings),
    ),
  };
}

/** By selector, in its namespace or, from the root namespace, in all; by targetRefs, what they name in its own. */
function targetsOf(
  { namespace }: KubernetesObject,
  spec: unknown,
  { rootNamespace }: IstioSettings,
): Pick<AuthorizationPolicy, 'subjects' | 'waypoints'> {
  const single = dig(spec, 'targetRef');
  const targets = [...records(dig(spec, 'targetRefs')), ...(isObject(single) ? [single] : [])];
  const namespaces = namespace === rootNamespace ? [] : inNamespace(namespace);
  if (targets.length === 0)
    return { subjects: [{ namespaces, pods: requirementsOf(dig(spec, 'selector')) }], waypoints: [] };
  const refs = targets.map((one) => ({ kind: text(one['kind']), name: text(one['name']) }));
  const gateways = refs.filter(({ kind }) => kind === 'Gateway');
  return {
    subjects: gateways.map(({ name }) => ({
      namespaces: inNamespace(namespace),
      pods: [oneOf(GATEWAY_NAME, name)],
    })),
    waypoints: refs,
  };
}

function ruleOf(
  object: KubernetesObject,
  rule: Record<string, unknown>,
  path: Path,
  settings: IstioSettings,
): AuthorizationRule {
  return {
    object,
    path,
    sources: records(rule['from']).map((one) => sourceOf(dig(one, 'source'), settings)),
    operations: records(rule['to']).map((one) => operationOf(dig(one, 'operation'))),
    conditions: records(rule['when']).map((one) => ({
      key: text(one['key']),
      values: { is: texts(one['values']), isNot: texts(one['notValues']) },
    })),
  };
}

const wanted = (value: unknown, field: string): Wanted => ({
  is: texts(dig(value, field)),
  isNot: texts(dig(value, `not${field[0]!.toUpperCase()}${field.slice(1)}`)),
});

const UNKNOWN = ['ipBlocks', 'remoteIpBlocks', 'requestPrincipals', 'trustDomains'];

/** `cluster.local` stands for the mesh's own trust domain, whatever that is (pilot/pkg/trustdomain). */
const inTrustDomain = ({ is, isNot }: Wanted, { trustDomain }: IstioSettings): Wanted => {
  const own = (one: string) => one.replace(/^cluster\.local\//, `${trustDomain}/`);
  return { is: is.map(own), isNot: isNot.map(own) };
};

const sourceOf = (source: unknown, settings: IstioSettings): Source => ({
  principals: inTrustDomain(wanted(source, 'principals'), settings),
  namespaces: wanted(source, 'namespaces'),
  serviceAccounts: wanted(source, 'serviceAccounts'),
  ipBlocks: wanted(source, 'ipBlocks').is,
  unknown: UNKNOWN.some((field) => {
    const { is, isNot } = wanted(source, field);
    return is.length + isNot.length > 0;
  }),
});

const operationOf = (operation: unknown): Operation => ({
  ports: wanted(operation, 'ports'),
  methods: wanted(operation, 'methods'),
  paths: wanted(operation, 'paths'),
  hosts: wanted(operation, 'hosts'),
});
