import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, type Path } from '../../selectors.ts';
import { gatewaysOf, hostsOf, listenersOf } from '../select/gateways.ts';

interface Claim {
  key: string;
  say: string;
  object: KubernetesObject;
  path: Path;
}

/** https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule: of two equal matches, the older route wins. */
export const duplicateHostname: Rule = {
  id: 'enforce/duplicate-hostname',
  area: 'enforce',
  severity: 'error',
  title: 'A host and path belong to one route',
  why: 'Of two that claim the same, the older one wins: after a restore, it may be the other.',
  fix: 'Delete one of the two, or give them different hosts or paths.',
  *check(model) {
    const first = new Map<string, Claim>();
    for (const claim of [...listenerClaims(model), ...routeClaims(model)]) {
      const { key, say, object, path } = claim;
      const other = first.get(key);
      if (other)
        yield hit(object, path, `${nameOf(object)}: ${say} is claimed by ${nameOf(other.object)} as well`);
      else first.set(key, claim);
    }
  },
};

/** Of one Gateway, the API server refuses equal ones itself. */
const listenerClaims = (model: Model): Claim[] =>
  gatewaysOf(model).flatMap((object) =>
    listenersOf(object)
      .filter((one) => one.hostname)
      .map(({ path, port, hostname }) => ({
        key: JSON.stringify(['listener', hostname, port]),
        say: `${hostname}:${port}`,
        object,
        path,
      })),
  );

const routeClaims = (model: Model): Claim[] =>
  ofKind(model, 'gateway.networking.k8s.io/HTTPRoute').flatMap((object) =>
    records(dig(object.body, 'spec', 'rules')).flatMap((rule, index) =>
      (records(rule['matches']).length ? records(rule['matches']) : [{}]).flatMap((match, position) =>
        hostsOf(object).map((host) => {
          const { path, ...others } = match as Record<string, unknown>;
          const value = String(dig(path, 'value') ?? '/');
          return {
            key: JSON.stringify([host, dig(path, 'type') ?? 'PathPrefix', value, others, parents(object)]),
            say: `${host}${value}`,
            object,
            path: ['spec', 'rules', index, 'matches', position],
          };
        }),
      ),
    ),
  );

const parents = ({ body, namespace }: KubernetesObject) =>
  records(dig(body, 'spec', 'parentRefs')).map((one) => [
    one['namespace'] ?? namespace,
    one['name'],
    one['sectionName'],
  ]);
