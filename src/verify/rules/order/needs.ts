import type { KubernetesObject, Layer, Model } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { allReferences, idOf } from '../../references.ts';
import { makersOf } from './makers.ts';
import { dig, records, text, type Path } from '../../selectors.ts';

/** Something without which an object does not get ready, and the layers that bring it. */
export interface Need {
  object: KubernetesObject;
  path: Path;
  what: string;
  makers: Layer[];
}

/** Pods do not start without them. https://kubernetes.io/docs/concepts/configuration/secret/#using-a-secret */
const STARTING = new Set(['Secret', 'ConfigMap', 'ServiceAccount', 'PersistentVolumeClaim']);
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'HelmRelease']);

/** What the objects of a layer need to get ready, as far as its wait looks at them. */
export function needsOf(model: Model, layer: Layer): Need[] {
  const own = new Set(layer.objects);
  const references = allReferences(model).filter(({ from }) => own.has(from));
  const makers = makersOf(model);
  const need = (
    object: KubernetesObject,
    path: Path,
    kind: string,
    namespace: string,
    name: string,
  ): Need => ({
    object,
    path,
    what: nameOf({ kind, namespace, name }),
    makers: makers.get(idOf(kind, namespace, name)) ?? [],
  });
  const named = references
    .filter(({ from, kind, optional }) => !optional && waitsFor(layer, from, kind))
    .map(({ from, path, kind, namespace, name }) => need(from, path, kind, namespace, name));
  const releases = layer.objects
    .filter((one) => one.kind === 'HelmRelease')
    .flatMap((one) =>
      records(dig(one.body, 'spec', 'dependsOn')).map((entry, index) =>
        need(
          one,
          ['spec', 'dependsOn', index],
          'HelmRelease',
          text(entry['namespace']) || one.namespace,
          text(entry['name']),
        ),
      ),
    );
  const challenges = layer.objects
    .filter((one) => one.kind === 'Certificate')
    .flatMap((one) =>
      solvingGateways(model, one).map(({ namespace, name }) =>
        need(one, ['spec'], 'Gateway', namespace, name),
      ),
    );
  return [...named, ...releases, ...challenges];
}

/** Whether an object counts as ready only with what it names: pods always, Gateways and routes where an expression looks at them. */
function waitsFor({ ready }: Layer, from: KubernetesObject, kind: string): boolean {
  if (WORKLOADS.has(from.kind)) return STARTING.has(kind);
  if (!ready.includes(`${from.group}/${from.kind}`)) return false;
  return (from.kind === 'Gateway' && kind === 'Secret') || (from.kind === 'HTTPRoute' && kind === 'Gateway');
}

/** Gateways over which a certificate's issuer answers challenges. https://cert-manager.io/docs/configuration/acme/http01/#configuring-the-http-01-gateway-api-solver */
function solvingGateways(model: Model, certificate: KubernetesObject): { namespace: string; name: string }[] {
  const name = dig(certificate.body, 'spec', 'issuerRef', 'name');
  const kind = dig(certificate.body, 'spec', 'issuerRef', 'kind') ?? 'Issuer';
  const issuer = model.objects.find((one) => one.kind === kind && one.name === name);
  return records(dig(issuer?.body, 'spec', 'acme', 'solvers')).flatMap((solver) =>
    records(dig(solver, 'http01', 'gatewayHTTPRoute', 'parentRefs')).map((parent) => ({
      namespace: text(parent['namespace']) || certificate.namespace,
      name: text(parent['name']),
    })),
  );
}
