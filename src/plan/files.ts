import type { Catalog, Component, Template } from '../types/catalog.ts';
import type { LayerPlan, Plan, PlannedFile } from '../types/plan.ts';
import { planLayers } from './layers.ts';
import { policyStages } from './stages.ts';

/** An item of a `[…]` segment: what the segment becomes, and the names its template reads. */
interface Item {
  segment: string;
  data: Record<string, unknown>;
}
type Parents = Record<string, unknown>;
type View = Omit<Plan, 'files' | 'layers' | 'diagrams'>;

const named = <T extends { name: string }>(
  key: string,
  list: T[],
  segment: (one: T) => string = (one) => one.name,
): Item[] => list.map((one) => ({ segment: segment(one), data: { [key]: one } }));

/** What each `[…]` segment of a template's path stands for; a segment after `[service]` or `[namespace]` is about that one. */
const ITEMS: Record<string, (plan: View, parents: Parents) => Item[]> = {
  cluster: (plan) => [{ segment: plan.name, data: {} }],
  namespace: (plan) => named('namespace', plan.namespaces),
  'denied-namespace': (plan) =>
    named(
      'namespace',
      plan.namespaces.filter((one) => one.stages.network === 'enforce'),
    ),
  'policy-group': (_, { namespace }) =>
    (namespace as Plan['namespaces'][number]).policyGroups.map((group) => ({
      segment: `allow-${group.group}`,
      data: { policyGroup: group },
    })),
  'policy-stage': (plan) => stages(plan, (one) => one.stages.policies === 'audit'),
  'digest-stage': (plan) => stages(plan, (one) => one.stages.policies === 'audit' || !one.digests),
  service: (plan) => named('service', plan.services, (one) => one.folder),
  'rendered-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => !one.own) }, {}),
  workload: (_, { service }) =>
    named('workload', (service as Plan['services'][number]).workloads, (one) => one.file),
  'service-object': (_, { service }) =>
    (service as Plan['services'][number]).serviceNames.length ? [{ segment: 'service', data: {} }] : [],
  'disruption-budget': (_, { service }) =>
    (service as Plan['services'][number]).disruptionBudget
      ? [{ segment: 'disruption-budget', data: {} }]
      : [],
  route: (_, { service }) => named('route', (service as Plan['services'][number]).routes, (one) => one.file),
  callee: (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.callers.length) }, {}),
  'egress-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.egress.length) }, {}),
  'api-client': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.kubernetesApi.length) }, {}),
  'root-service': (plan) =>
    ITEMS['service']!({ ...plan, services: plan.services.filter((one) => one.root) }, {}),
  host: (plan) =>
    plan.hosts.map((host) => ({ segment: host.listener.replace('https-', ''), data: { host } })),
  // A rule against leaving the mesh is for clusters that have one.
  'mesh-opt-out': (plan) => {
    const { labels, annotations } = plan.provides['mesh']!['optOut'] as {
      labels: unknown[];
      annotations: unknown[];
    };
    return labels.length || annotations.length ? [{ segment: 'mesh-opt-out', data: {} }] : [];
  },
  // With no registry known, the rule would refuse every image.
  'allowed-registries': (plan) =>
    plan.registries.length ? [{ segment: 'allowed-registries', data: {} }] : [],
  release: (plan) => named('release', plan.releases, (one) => one.file),
  'config-map': (plan) => named('configMap', plan.configMaps, (one) => `${one.namespace}-${one.name}`),
};

function stages(plan: View, isAudited: (namespace: Plan['namespaces'][number]) => boolean): Item[] {
  const audited = plan.namespaces
    .filter((one) => one.kind === 'app' && isAudited(one))
    .map((one) => one.name);
  const roots = plan.services.filter((one) => one.root);
  return policyStages(plan.exempt, audited, roots).map((stage) => ({
    segment: stage.suffix,
    data: { policyStage: stage },
  }));
}

/** Every file to render, sorted by path, and the layers that hold them. Throws when two templates want one path. */
export function planFiles(
  plan: View,
  components: Component[],
  catalog: Catalog,
): Pick<Plan, 'files' | 'layers'> {
  const ordinary = expand(plan, components, ITEMS, (path) => !/\[layer/.test(path));
  const secretPaths = plan.secrets.filter((one) => one.sealed).map((one) => one.path);
  const layers = planLayers(
    components,
    catalog,
    [...ordinary.map((file) => file.path), ...secretPaths],
    secretPaths,
  );
  const resources = (layer: LayerPlan) =>
    resourcesOf(layer, layers, [...ordinary.map((file) => file.path), ...secretPaths]);
  const layerItems: typeof ITEMS = {
    ...ITEMS,
    layer: () => named('layer', layers),
    'layer-path': () =>
      layers
        .filter((one) => !one.source)
        .map((layer) => ({ segment: layer.path, data: { layer, resources: resources(layer) } })),
  };
  const files = [...ordinary, ...expand(plan, components, layerItems, (path) => /\[layer/.test(path))];
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  refuseDuplicates(files);
  return { layers, files };
}

function expand(
  plan: View,
  components: Component[],
  items: typeof ITEMS,
  accept: (path: string) => boolean,
): PlannedFile[] {
  return components.flatMap((component) =>
    component.templates
      .filter((template) => accept(template.path) && applies(template, plan))
      .flatMap((template) =>
        expandPath(template.path, plan, items).map(({ segment, data }) => ({
          path: segment,
          component: component.slot === 'base' ? 'base' : `${component.slot}/${component.name}`,
          once: template.once,
          render: template.render,
          item: { ...data, versions: component.versions },
        })),
      ),
  );
}

const applies = ({ when }: Template, plan: View) => !when || plan.choices[when.slot] === when.component;

function expandPath(path: string, plan: View, items: typeof ITEMS, parents: Parents = {}): Item[] {
  const token = /\[([a-z-]+)\]/.exec(path);
  if (!token) return [{ segment: path, data: parents }];
  const list = items[token[1]!];
  if (!list) throw new Error(`${path}: no such segment`);
  return list(plan, parents).flatMap((item) =>
    expandPath(path.replace(token[0], item.segment), plan, items, { ...parents, ...item.data }),
  );
}

/** YAML files of the layer, relative to it. Tests and the files of a layer inside this one are not its resources. */
function resourcesOf(layer: LayerPlan, layers: LayerPlan[], paths: string[]): string[] {
  const inner = layers.filter((other) => other.path.startsWith(`${layer.path}/`));
  return paths
    .filter((path) => path.startsWith(`${layer.path}/`) && /\.ya?ml$/.test(path) && !path.includes('/tests/'))
    .filter((path) => !inner.some((other) => path.startsWith(`${other.path}/`)))
    .map((path) => path.slice(layer.path.length + 1))
    .sort();
}

function refuseDuplicates(files: PlannedFile[]): void {
  files.forEach((file, index) => {
    const other = files[index + 1];
    if (other?.path === file.path)
      throw new Error(`${file.path}: both ${file.component} and ${other.component} render it`);
  });
}
