import type { KubernetesObject } from '../model.ts';
import { dig, text } from '../selectors.ts';
import type { IstioSettings } from './istio.ts';
import { matches, requirementsOf } from './label-selector.ts';
import type { Pod } from './types.ts';

export interface MutualTls {
  /** PERMISSIVE where nobody says otherwise. */
  mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE';
  /** The object that decides. */
  object?: KubernetesObject;
  path: (string | number)[];
}

const PERMISSIVE: MutualTls = { mode: 'PERMISSIVE', path: [] };

/**
 * The mode in which a pod takes connections on a port: the workload's policy before its namespace's before the mesh's, each
 * step inherited where it is UNSET. Of two on one level the oldest counts, which no file tells: the weaker one is assumed.
 *
 * https://istio.io/latest/docs/reference/config/security/peer_authentication/ and composePeerAuthentication in
 * https://github.com/istio/istio/blob/master/pilot/pkg/security/authn/policy_applier.go: a selector in the root namespace
 * selects nothing.
 */
export function mutualTls(
  policies: KubernetesObject[],
  { rootNamespace }: IstioSettings,
  pod: Pod,
  port: number,
): MutualTls {
  const here = policies.filter(({ namespace }) => namespace === pod.namespace || namespace === rootNamespace);
  const whole = (namespace: string) =>
    here.filter((one) => one.namespace === namespace && requirementsOf(selectorOf(one)).length === 0);
  const own = here.filter((one) => {
    const selector = requirementsOf(selectorOf(one));
    return one.namespace !== rootNamespace && selector.length > 0 && matches(selector, pod.labels);
  });
  const levels = [
    own.map((one) => modeAt(one, 'portLevelMtls', String(port))),
    own.map((one) => modeAt(one, 'mtls')),
    pod.namespace === rootNamespace ? [] : whole(pod.namespace).map((one) => modeAt(one, 'mtls')),
    whole(rootNamespace).map((one) => modeAt(one, 'mtls')),
  ];
  for (const level of levels) {
    const set = level.filter((one) => one !== undefined);
    const weakest = set.find(({ mode }) => mode !== 'STRICT') ?? set[0];
    // "DISABLE is not honoured" there: ztunnel has only the other two.
    if (weakest && !(pod.mesh === 'ambient' && weakest.mode === 'DISABLE')) return weakest;
  }
  return PERMISSIVE;
}

const selectorOf = (policy: KubernetesObject) => dig(policy.body, 'spec', 'selector');

function modeAt(object: KubernetesObject, ...field: string[]): MutualTls | undefined {
  const path = ['spec', ...field, 'mode'];
  const mode = text(dig(object.body, ...path));
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE'
    ? { mode, object, path }
    : undefined;
}

export const isPeerAuthentication = ({ group, kind }: KubernetesObject): boolean =>
  group === 'security.istio.io' && kind === 'PeerAuthentication';
