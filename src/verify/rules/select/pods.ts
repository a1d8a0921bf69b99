import type { KubernetesObject, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { meshRoot } from './mesh-root.ts';
import { dig, hit, isEmptySelector, podsSelected, withoutSources, type Path } from '../../selectors.ts';

/** Where an object selects pods, by `<group>/<kind>`; plain ones are a map of labels. */
const SELECTORS: Record<string, { path: Path; plain?: boolean }> = {
  '/Service': { path: ['spec', 'selector'], plain: true },
  'networking.k8s.io/NetworkPolicy': { path: ['spec', 'podSelector'] },
  'cilium.io/CiliumNetworkPolicy': { path: ['spec', 'endpointSelector'] },
  'policy/PodDisruptionBudget': { path: ['spec', 'selector'] },
  'security.istio.io/AuthorizationPolicy': { path: ['spec', 'selector'] },
  'security.istio.io/PeerAuthentication': { path: ['spec', 'selector'] },
  'security.istio.io/RequestAuthentication': { path: ['spec', 'selector'] },
  'telemetry.istio.io/Telemetry': { path: ['spec', 'selector'] },
  'extensions.istio.io/WasmPlugin': { path: ['spec', 'selector'] },
  'networking.istio.io/EnvoyFilter': { path: ['spec', 'workloadSelector', 'labels'], plain: true },
  'networking.istio.io/Sidecar': { path: ['spec', 'workloadSelector', 'labels'], plain: true },
  'policy.linkerd.io/Server': { path: ['spec', 'podSelector'] },
};
/** What selects every namespace's pods from the mesh's root: https://istio.io/latest/docs/reference/config/type/workload-selector/ */
const MESH_WIDE = /^(security|telemetry|extensions|networking)\.istio\.io$/;

/** Selectors that hit no pod of the repository nor of a known controller. */
export const pods: Rule = {
  id: 'select/pods',
  area: 'select',
  severity: 'error',
  title: 'A selector selects a pod',
  why: 'A policy, Service or budget that selects no pod does nothing, however strict it reads. A label was renamed on one side only.',
  fix: 'Use the labels of the pod template, or delete the object with what it was for.',
  *check(model) {
    for (const object of model.objects) {
      const found = selectorOf(object);
      if (!found || isEmptySelector(found.selector)) continue;
      const anywhere = MESH_WIDE.test(object.group) && object.namespace === meshRoot(model);
      if (anywhere || podsSelected(model, object.namespace, found.selector).length > 0) continue;
      const labels = JSON.stringify(dig(object.body, ...found.path));
      yield hit(
        object,
        found.path,
        `${nameOf(object)}: ${found.path.join('.')} ${labels} selects no pod of ${object.namespace}`,
      );
    }
  },
};

function selectorOf(object: KubernetesObject): { selector: unknown; path: Path } | undefined {
  const found = SELECTORS[`${object.group}/${object.kind}`];
  if (!found) return undefined;
  const value = dig(object.body, ...found.path);
  if (found.plain) return { selector: { matchLabels: value }, path: found.path };
  return { selector: object.group === 'cilium.io' ? withoutSources(value) : value, path: found.path };
}
