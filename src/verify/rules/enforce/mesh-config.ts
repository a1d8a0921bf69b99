import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, text, type Path } from '../../selectors.ts';

const CONFIG = ['spec', 'values', 'meshConfig'];

/** https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/ */
export const meshConfig: Rule = {
  id: 'enforce/mesh-config',
  area: 'enforce',
  severity: 'error',
  title: "The mesh's own configuration is strict",
  why: 'ALLOW_ANY passes on what no ServiceEntry names; another trust domain makes every identity in every policy another.',
  fix: 'Set outboundTrafficPolicy.mode to REGISTRY_ONLY, trustDomain as in zero-trust.yaml, and TLS 1.2 or later.',
  *check(model) {
    const wanted = text(model.declared.inputs['trustDomain']);
    for (const object of ofKind(model, 'helm.toolkit.fluxcd.io/HelmRelease')) {
      if (dig(object.body, ...CONFIG) === undefined) continue;
      const value = (...path: Path) => dig(object.body, ...CONFIG, ...path);
      const say = (path: Path, message: string) =>
        hit(object, [...CONFIG, ...path], `${nameOf(object)}: meshConfig.${path.join('.')} ${message}`);
      const mode = value('outboundTrafficPolicy', 'mode');
      if (mode !== 'REGISTRY_ONLY')
        yield say(['outboundTrafficPolicy', 'mode'], `is ${mode ?? 'ALLOW_ANY, the default'}`);
      if (wanted && (value('trustDomain') ?? 'cluster.local') !== wanted)
        yield say(
          ['trustDomain'],
          `is ${value('trustDomain') ?? 'cluster.local, the default'}; in zero-trust.yaml it is ${wanted}`,
        );
      for (const field of ['meshMTLS', 'tlsDefaults'])
        if (/TLSV1_[01]$/.test(text(value(field, 'minProtocolVersion'))))
          yield say([field, 'minProtocolVersion'], `is ${value(field, 'minProtocolVersion')}`);
      if (value('enableAutoMtls') === false)
        yield say(['enableAutoMtls'], 'is false: callers do not use mutual TLS');
    }
  },
};
