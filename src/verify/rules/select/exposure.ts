import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { isObject, nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, type Path } from '../../selectors.ts';
import { gatewayBehind } from './gateway-service.ts';
import { attachmentsOf, hostsOf } from './gateways.ts';

/** One host and path that leads to a Service's port. */
interface Way {
  key: string;
  say: string;
}

const way = (
  host: string,
  type: string,
  path: string,
  namespace: string,
  service: string,
  port: unknown,
): Way => ({
  key: JSON.stringify([host, type, path, namespace, service, port]),
  say: `${host}${path}${type === 'Exact' ? ' (exactly)' : ''} → ${namespace}/${service}:${port}`,
});

/** https://gateway-api.sigs.k8s.io/api-types/httproute/ */
export const exposure: Rule = {
  id: 'select/exposure',
  area: 'select',
  severity: 'error',
  title: 'Public routes are those that the graph declares',
  why: 'A route that nobody declared makes a service public; one that is missing makes a public service unreachable.',
  fix: 'Correct the route, or `expose` of the service in zero-trust.yaml.',
  *check(model) {
    const declared = declaredWays(model);
    const wanted = new Set(declared.map((one) => one.key));
    const found = new Set<string>();
    for (const route of ofKind(model, 'gateway.networking.k8s.io/HTTPRoute')) {
      if (!attachmentsOf(model, route).some((one) => one.taken.length > 0)) continue;
      for (const one of waysOf(model, route)) {
        found.add(one.key);
        if (!wanted.has(one.key))
          yield hit(
            route,
            one.path,
            `${nameOf(route)}: opens ${one.say}, which zero-trust.yaml does not declare`,
          );
      }
    }
    for (const one of declared.filter((item) => !found.has(item.key)))
      yield { file: one.file, message: `zero-trust.yaml declares ${one.say}, which no route opens` };
  },
};

const declaredWays = ({ declared }: Model): (Way & { file: string })[] =>
  declared.services.flatMap(({ routes, namespace, folder }) =>
    routes.flatMap((route) =>
      route.hosts.flatMap((host) =>
        route.paths.map(({ path, type }) => ({
          ...way(host, type, path, namespace, route.service, route.port),
          file: `apps/${folder}/${route.file}.yaml`,
        })),
      ),
    ),
  );

/** A rule without matches takes every path: https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule */
function waysOf(model: Model, route: KubernetesObject): (Way & { path: Path })[] {
  const hosts = hostsOf(route).length ? hostsOf(route) : ['*'];
  return records(dig(route.body, 'spec', 'rules')).flatMap((rule, index) => {
    const matches = records(rule['matches']).length ? records(rule['matches']) : [{}];
    return records(rule['backendRefs']).flatMap((backend, position) =>
      // To another Gateway is half of a way: that Gateway's routes say where it ends.
      (gatewayBehind(model, route, backend) ? [] : matches).flatMap((match) => {
        const path = isObject(match['path']) ? match['path'] : {};
        const namespace = text(backend['namespace']) || route.namespace;
        const at: Path = ['spec', 'rules', index, 'backendRefs', position];
        return hosts.map((host) => ({
          ...way(
            host,
            text(path['type']) || 'PathPrefix',
            text(path['value']) || '/',
            namespace,
            text(backend['name']),
            backend['port'],
          ),
          path: at,
        }));
      }),
    );
  });
}
