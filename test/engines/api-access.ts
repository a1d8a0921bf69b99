import type { Dict, KubeObject } from './cluster.ts';
import type { PolicyRule } from './network-policy.ts';

export interface ServiceSpec {
  selector: Record<string, string>;
  ports: { port: number; targetPort?: number | string }[];
}

/** Services that the API server calls; Kyverno registers its own at run time. */
const RUNTIME_WEBHOOKS = ['kyverno-svc', 'kyverno-cleanup-controller'];

/** What these objects have the API server call. */
export function webhooks(objects: KubeObject[]): { name: string; port: number }[] {
  const declared = objects.flatMap((object) => {
    const spec = (object.spec ?? {}) as { conversion?: { webhook?: { clientConfig: Dict } }; service?: Dict };
    const configs = ((object.webhooks ?? []) as { clientConfig: Dict }[]).map(
      ({ clientConfig }) => clientConfig.service as Dict,
    );
    const conversion = spec.conversion?.webhook?.clientConfig.service as Dict | undefined;
    const api = object.kind === 'APIService' ? spec.service : undefined;
    return [...configs, conversion, api]
      .filter((service) => service !== undefined)
      .map(({ name, port }) => ({ name: String(name), port: Number(port ?? 443) }));
  });
  const runtime = objects
    .filter(({ kind, metadata }) => kind === 'Service' && RUNTIME_WEBHOOKS.includes(metadata.name))
    .map(({ metadata }) => ({ name: metadata.name, port: 443 }));
  return [...declared, ...runtime];
}

/** ServiceAccounts that a role is bound to. */
export const subjects = (objects: KubeObject[]): Set<string> =>
  new Set(
    objects
      .filter(({ kind }) => kind.endsWith('RoleBinding'))
      .flatMap(({ subjects = [] }) =>
        (subjects as { kind: string; name: string }[])
          .filter(({ kind }) => kind === 'ServiceAccount')
          .map(({ name }) => name),
      ),
  );

/** Whether a rule lets in what the API server sends: from anyone, or by name, from the node that it runs on too. */
export const fromApiServer = ({ from }: PolicyRule): boolean =>
  !from || ['kube-apiserver', 'remote-node'].every((name) => from.some(({ entity }) => entity === name));

/** Whether a rule opens the way to the API server, by name, or by its addresses, which may be given. */
export function isApiServer({ to }: PolicyRule, cidrs: string[] | null): boolean {
  if (to?.some(({ entity }) => entity === 'kube-apiserver')) return true;
  return cidrs?.length ? cidrs.every((cidr) => to?.some(({ ipBlock }) => ipBlock?.cidr === cidr)) : !to;
}
