import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind } from '../../selectors.ts';

/** https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types */
export const serviceType: Rule = {
  id: 'enforce/service-type',
  area: 'enforce',
  severity: 'error',
  title: 'Services are reached through the Gateway',
  why: 'A LoadBalancer or NodePort is an entry beside the Gateway: without its TLS, its routes and its rules. An external address takes over connections to it.',
  fix: 'Leave the type out and `expose` the service in zero-trust.yaml.',
  *check(model) {
    const gateways = new Set(
      model.declared.namespaces.filter((one) => one.kind === 'gateway').map((one) => one.name),
    );
    for (const object of ofKind(model, '/Service').filter((one) => !gateways.has(one.namespace))) {
      const type = dig(object.body, 'spec', 'type') ?? 'ClusterIP';
      if (type === 'LoadBalancer' || type === 'NodePort')
        yield hit(object, ['spec', 'type'], `${nameOf(object)}: is published as ${type}`);
      if (dig(object.body, 'spec', 'externalIPs', 0))
        yield hit(object, ['spec', 'externalIPs'], `${nameOf(object)}: takes external addresses`);
    }
    for (const object of ofKind(model, 'networking.k8s.io/Ingress'))
      yield hit(object, ['spec'], `${nameOf(object)}: is an entry beside the Gateway`);
  },
};
