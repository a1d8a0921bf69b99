import { layersAfter } from '../../gitops/order.ts';
import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';

/**
 * Kinds that count as ready while they have no status, and what later layers need of them.
 * Seen with the real controllers: with the kinds present and no operator running, all of them counted as ready at once.
 */
const BLIND: Record<string, string> = {
  'policies.kyverno.io/ValidatingPolicy': 'refuses nothing until its webhook is set',
  'policies.kyverno.io/ImageValidatingPolicy': 'refuses nothing until its webhook is set',
  'policies.kyverno.io/MutatingPolicy': 'changes nothing until its webhook is set',
  'templates.gatekeeper.sh/ConstraintTemplate': 'brings its kind only once it has been read',
  'constraints.gatekeeper.sh/*': 'refuses nothing until a webhook has loaded it',
  'bitnami.com/SealedSecret': 'has no Secret until it is decrypted',
  'external-secrets.io/ExternalSecret': 'has no Secret until it is fetched',
};

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions */
export const blindWait: Rule = {
  id: 'order/blind-wait',
  area: 'order',
  severity: 'warning',
  title: 'Later layers do not see whether an object is ready',
  why: 'The kind counts as ready before its controller has looked at it, so what relies on it starts too early.',
  fix: 'Set wait: true and give the kind an expression under healthCheckExprs.',
  *check(model) {
    for (const layer of model.layers) {
      const later = layersAfter(model, layer);
      if (later.length === 0) continue;
      const seen = new Set<string>();
      for (const object of layer.objects) {
        const id = `${object.group}/${object.kind}`;
        const reason = BLIND[id] ?? BLIND[`${object.group}/*`];
        if (!reason || seen.has(id) || (layer.waits && layer.ready.includes(id))) continue;
        seen.add(id);
        const path = layer.waits ? ['spec', 'healthCheckExprs'] : ['spec', 'wait'];
        const what = layer.waits ? 'has no expression that tells when it is ready' : 'does not wait';
        yield hit(
          layer.object,
          path,
          `layer ${layer.name} ${what}: ${nameOf(object)} ${reason}, and ${later[0]!.name} relies on it`,
        );
      }
    }
  },
};
