import type { Catalog, Component, Template } from '../types/catalog.ts';
import type { LayerPlan, Plan, PlannedFile } from '../types/plan.ts';
import { ITEMS, named, type Item, type Parents, type View } from './items.ts';
import { planLayers } from './layers.ts';

/** Every file to render, sorted by path, and the layers that hold them. Throws when two templates want one path. */
export function planFiles(
  plan: View,
  components: Component[],
  catalog: Catalog,
): Pick<Plan, 'files' | 'layers'> {
  const ordinary = expand(plan, components, ITEMS, (path) => !/\[layer/.test(path));
  const sealed = plan.secrets.filter((one) => one.sealed).map((one) => one.path);
  const paths = [...ordinary.map((file) => file.path), ...sealed];
  const referred = plan.secrets.filter((one) => one.referred).map((one) => one.path);
  const layers = planLayers(components, catalog, paths, [...sealed, ...referred]);
  const resources = (layer: LayerPlan) => resourcesOf(layer, layers, paths);
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
        expandPath(template.path, seenBy(component, plan), items).map(({ segment, data }) => ({
          path: segment,
          component: component.slot === 'base' ? 'base' : `${component.slot}/${component.name}`,
          once: template.once,
          render: template.render,
          item: { ...data, versions: component.versions },
        })),
      ),
  );
}

/** A path of a component stands for its own places outside. */
const seenBy = ({ slot }: Component, plan: View): View => ({
  ...plan,
  outside: plan.outside.filter((one) => one.slot === slot),
});

const applies = ({ when, given }: Template, { choices, inputs }: View) =>
  (!when || choices[when.slot] === when.component) && (!given || inputs[given] != null);

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
