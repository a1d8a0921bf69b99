import type { KubernetesObject, Model } from '../../model.ts';
import { dig, records, text } from '../../selectors.ts';
import { attachmentsOf, gatewaysOf, listenersOf, routesOf } from './gateways.ts';

/** The Service that the controller of a Gateway makes, which no file holds. */
interface GatewayService {
  gateway: KubernetesObject;
  namespace: string;
  name: string;
  ports: unknown[];
}

/** It has a port for each that listeners take. https://gateway-api.sigs.k8s.io/concepts/api-overview/#gateway */
export function gatewayServices(model: Model): GatewayService[] {
  const { className, serviceName } = model.declared.provides['gateway'] ?? {};
  const served = gatewaysOf(model).filter((one) => dig(one.body, 'spec', 'gatewayClassName') === className);
  return served.map((gateway) => ({
    gateway,
    namespace: gateway.namespace,
    name: text(serviceName),
    ports: listenersOf(gateway).map(({ port }) => port),
  }));
}

const backendsOf = (route: KubernetesObject) =>
  records(dig(route.body, 'spec', 'rules')).flatMap((rule) => records(rule['backendRefs']));

/** The Gateway behind a Service that a route sends to, if it is one's. */
export const gatewayBehind = (
  model: Model,
  route: KubernetesObject,
  backend: Record<string, unknown>,
): KubernetesObject | undefined =>
  gatewayServices(model).find(
    ({ namespace, name }) =>
      namespace === (text(backend['namespace']) || route.namespace) && name === backend['name'],
  )?.gateway;

/** Whether a Gateway sends to another one: it stands in front, and the other knows paths and services. */
export const isInFront = (model: Model, gateway: KubernetesObject): boolean =>
  routesOf(model).some(
    (route) =>
      attachmentsOf(model, route).some((one) => one.gateway === gateway) &&
      backendsOf(route).some((backend) => {
        const behind = gatewayBehind(model, route, backend);
        return behind !== undefined && behind !== gateway;
      }),
  );

/** Whether another Gateway stands in front of one and ends the clients' TLS. */
export const isBehindTls = (model: Model, gateway: KubernetesObject | undefined): boolean =>
  routesOf(model).some((route) => {
    const taken = attachmentsOf(model, route).flatMap((one) => one.taken);
    const front = taken.filter((one) => one.gateway !== gateway);
    return (
      front.some((one) => one.protocol === 'HTTPS') &&
      backendsOf(route).some((backend) => gatewayBehind(model, route, backend) === gateway)
    );
  });
