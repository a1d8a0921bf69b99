import { parse } from 'yaml';
import type { Cluster, Dict, KubeObject } from './cluster.ts';
import { readUpstream } from './upstream.ts';

interface TemplateSpec {
  crd: { spec: { names: { kind: string }; validation?: { openAPIV3Schema: Dict } } };
}

/** What Gatekeeper lets a constraint match, as the kind of its mutators has it word for word. */
function matchSchema(): Dict {
  const assign = parse(readUpstream('gatekeeper/crds/assign-customresourcedefinition.yaml')) as {
    spec: { versions: { name: string; schema: { openAPIV3Schema: { properties: Record<string, Dict> } } }[] };
  };
  const schema = assign.spec.versions.find(({ name }) => name === 'v1')!.schema.openAPIV3Schema;
  return (schema.properties['spec']!['properties'] as Record<string, Dict>)['match']!;
}

/** The kinds that Gatekeeper would make of the templates among these objects, one of each name. */
export function constraintKinds(objects: KubeObject[]): KubeObject[] {
  const templates = objects.filter(({ kind }) => kind === 'ConstraintTemplate');
  const byName = new Map(templates.map((one) => [one.metadata.name, one.spec as TemplateSpec]));
  return [...byName].map(([name, { crd }]) => kindOf(name, crd.spec));
}

/** https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates */
function kindOf(name: string, { names, validation }: TemplateSpec['crd']['spec']): KubeObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const action = { type: 'string', enum: ['deny', 'dryrun', 'warn', 'scoped'] };
  const spec = {
    type: 'object',
    properties: {
      enforcementAction: action,
      match: matchSchema(),
      ...(validation && { parameters: validation.openAPIV3Schema }),
    },
  };
  const version = {
    name: 'v1beta1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: open } } },
    subresources: { status: {} },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${name}.constraints.gatekeeper.sh` },
    spec: {
      group: 'constraints.gatekeeper.sh',
      names: { kind: names.kind, plural: name, singular: name, categories: ['constraint', 'constraints'] },
      scope: 'Cluster',
      versions: [version],
    },
  };
}

/** Stores kinds and waits until they are served. */
export function loadKinds(cluster: Cluster, kinds: KubeObject[]): void {
  if (!kinds.length) return;
  cluster.applyAll(kinds);
  const names = kinds.map(({ metadata }) => `crd/${metadata.name}`);
  const { status, all } = cluster.kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
  if (status !== 0) throw new Error(all);
}
