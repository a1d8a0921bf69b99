import { parseDocument } from 'yaml';
import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, text, type Path } from '../../selectors.ts';
import { find } from '../select/find.ts';
import { gatewayServices } from '../select/gateway-service.ts';

/** Where a Gateway says how its Service is reached; controllers make it a LoadBalancer where nobody says so. */
interface Said {
  object: KubernetesObject;
  path: Path;
  type: string;
}

/** A tunnel or an outer load balancer protects nothing that can be gone around. */
export const gatewayService: Rule = {
  id: 'enforce/gateway-service',
  area: 'enforce',
  severity: 'error',
  title: 'Behind an edge, the Gateway has no address of its own',
  why: 'Whoever finds the address once goes past the edge: past its firewall, its protection against floods, its log.',
  fix: "Set the type of the Gateway's Service to ClusterIP.",
  *check(model) {
    const wanted = text(model.declared.provides['edge']?.['serviceType']);
    if (wanted !== 'ClusterIP') return;
    for (const { gateway } of gatewayServices(model)) {
      const { object, path, type } = saidOf(model, gateway);
      if (type !== wanted)
        yield hit(object, path, `${nameOf(gateway)}: its Service is a ${type}, beside the edge`);
    }
  },
};

/**
 * https://gateway.envoyproxy.io/docs/api/extension_types/#kubernetesservicespec and
 * https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment
 */
function saidOf(model: Model, gateway: KubernetesObject): Said {
  const parameters = ['spec', 'infrastructure', 'parametersRef'];
  const kind = text(dig(gateway.body, ...parameters, 'kind'));
  const name = text(dig(gateway.body, ...parameters, 'name'));
  const object = find(model, kind, gateway.namespace, name);
  const annotated = text(gateway.annotations['networking.istio.io/service-type']) || 'LoadBalancer';
  if (!object) return { object: gateway, path: ['spec'], type: annotated };
  if (kind === 'EnvoyProxy') {
    const path = ['spec', 'provider', 'kubernetes', 'envoyService', 'type'];
    return { object, path, type: text(dig(object.body, ...path)) || 'LoadBalancer' };
  }
  const overlay = parseDocument(text(dig(object.body, 'data', 'service')));
  const patched = overlay.errors.length ? '' : text(overlay.getIn(['spec', 'type']));
  return { object, path: ['data', 'service'], type: patched || annotated };
}
