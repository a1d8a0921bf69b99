import type { Hit, Model, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, hit, isEmptySelector, ofKind, records, text, type Path } from '../../selectors.ts';
import { exists } from '../select/known.ts';
import { meshRoot } from '../select/mesh-root.ts';

/** https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export const mutualTls: Rule = {
  id: 'enforce/mutual-tls',
  area: 'enforce',
  severity: 'error',
  title: 'The mesh accepts mutual TLS only',
  why: 'PERMISSIVE accepts plain text from whoever reaches the port, and rules about identities do not see who it is.',
  fix: 'Set mtls.mode to STRICT.',
  *check(model) {
    const policies = ofKind(model, 'security.istio.io/PeerAuthentication');
    for (const object of policies)
      for (const { path, mode } of modesOf(object.body))
        if (mode !== 'STRICT')
          yield hit(object, path, `${nameOf(object)}: ${path.slice(1).join('.')} is ${mode}`);
    yield* plainClients(model);
    const root = meshRoot(model);
    const strict = policies.some(
      ({ namespace, body }) =>
        namespace === root &&
        isEmptySelector(dig(body, 'spec', 'selector')) &&
        dig(body, 'spec', 'mtls', 'mode') === 'STRICT',
    );
    if (model.declared.capabilities.includes('mtls') && !strict && isIstio(model))
      yield {
        file: 'zero-trust.yaml',
        message: `no PeerAuthentication in ${root} makes mutual TLS STRICT for the whole mesh`,
      };
  },
};

/** UNSET inherits from the namespace and the mesh. */
function modesOf(body: Record<string, unknown>): { path: Path; mode: string }[] {
  const ports = dig(body, 'spec', 'portLevelMtls');
  const paths: Path[] = [
    ['spec', 'mtls', 'mode'],
    ...Object.keys(isObject(ports) ? ports : {}).map((port) => ['spec', 'portLevelMtls', port, 'mode']),
  ];
  return paths
    .map((path) => ({ path, mode: String(dig(body, ...path) ?? 'UNSET') }))
    .filter((one) => one.mode !== 'UNSET');
}

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-TLSmode */
function* plainClients(model: Model): Generator<Hit> {
  for (const object of ofKind(model, 'networking.istio.io/DestinationRule')) {
    if (!isInside(model, text(dig(object.body, 'spec', 'host')))) continue;
    for (const path of policyPaths(object.body)) {
      const mode = text(dig(object.body, ...path));
      if (mode && mode !== 'ISTIO_MUTUAL')
        yield hit(object, path, `${nameOf(object)}: callers do not use the mesh's mutual TLS: ${mode}`);
    }
  }
}

/** A Service's name, short or whole, or a pattern that means some. Names outside may need TLS of their own. */
function isInside(model: Model, host: string): boolean {
  const [, namespace] = /^[^.]+\.([^.]+)$/.exec(host) ?? [];
  return namespace
    ? exists(model, 'Namespace', '', namespace) || namespace === 'local'
    : /^[^.]+$|\.svc(\.|$)|\.local$/.test(host);
}

/** The mode of the whole rule, of its ports, and of each subset. */
function policyPaths(body: Record<string, unknown>): Path[] {
  const subsets = records(dig(body, 'spec', 'subsets')).map((_, index): Path => ['spec', 'subsets', index]);
  return [['spec'] as Path, ...subsets].flatMap((base) => {
    const policy = [...base, 'trafficPolicy'];
    const ports = records(dig(body, ...policy, 'portLevelSettings'));
    return [policy, ...ports.map((_, index) => [...policy, 'portLevelSettings', index])].map((one) => [
      ...one,
      'tls',
      'mode',
    ]);
  });
}

const isIstio = ({ declared }: Model) => declared.releases.some((one) => one.chart === 'istiod');
