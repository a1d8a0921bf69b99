import type { Block } from '../../connectivity/blocked.ts';
import { connectivityOf } from '../../connectivity/connectivity.ts';
import type { Endpoint, Flow } from '../../../types/connections.ts';
import { differencesOf } from '../../connectivity/differences.ts';
import { groupBy } from '../../connectivity/pod-index.ts';
import { formatLabels } from '../../connectivity/label-selector.ts';
import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { flowText, list, peerText, place } from './say.ts';

export const blocked: Rule = {
  id: 'graph/blocked',
  area: 'graph',
  severity: 'error',
  title: 'A declared connection does not get through',
  why: 'The graph says that this call is needed. Every layer on its way must allow it: the network policies of both ends, mutual TLS and authorization.',
  fix: 'Allow it at the layer that the finding names, or remove the call from zero-trust.yaml.',
  check: (model) => [...blockedConnections(model), ...missingWorkloads(model)],
};

function blockedConnections(model: Model): Hit[] {
  const c = connectivityOf(model);
  const groups = groupBy(differencesOf(model).blocked, ({ flow, layer, object }) => [
    JSON.stringify([flow.from.id, flow.to.id, layer, object?.file, object?.name]),
  ]);
  return [...groups.values()].map((same) => {
    const [first] = same as [Block];
    const { flow, layer, object, at, why, path } = first;
    const flows = [...new Set(same.map((one) => one.flow))];
    const pairs = list([...new Set(same.map(({ from, to }) => `${from} → ${to}`))]);
    const by = object ? `${layer} by ${nameOf(object)}` : layer;
    const message = `${pairs} ${flowText(flows)} is declared (${flow.why}), but stopped at ${by}: ${why}`;
    const home = object ?? c.namespaces.objectOf(at.namespace);
    return place({ path: object ? path : [], ...(home && { object: home }) }, message, fixOf(first, flows));
  });
}

function fixOf({ flow, layer, at, from, why }: Block, flows: Flow[]): string {
  const ports = flows.map(({ port, protocol }) => `{ port: ${port}, protocol: ${protocol} }`);
  const rule = `ports: [${ports.join(', ')}]`;
  if (why.includes('denies') || why.includes('DENY')) return 'Narrow the rule that denies it, or remove it.';
  switch (layer) {
    case 'egress':
      return `Add to the egress of a policy for ${podsText(flow.from)}: { ${rule}, to: ${peerText(flow.to)} }`;
    case 'ingress':
      return `Add to the ingress of a policy for ${podsText(flow.to)}: { ${rule}, from: ${peerText(flow.from)} }`;
    case 'mutual TLS':
      return `Bring ${from} into the mesh by the label of its namespace, or have it call something else.`;
    case 'authorization':
      return `Add a rule to an ALLOW policy for ${podsText(flow.to)}: from ${accountText(flow.from)}, to port "${flow.port}"`;
    default:
      return `Add a ServiceEntry for ${flow.to.id}, port ${flow.port}, in namespace ${at.namespace}.`;
  }
}

const podsText = ({ labels, namespace }: Endpoint) =>
  `${formatLabels(labels) || 'every pod'} of namespace ${namespace}`;

const accountText = ({ kind, serviceAccount, namespace }: Endpoint) =>
  kind === 'pods' ? `ServiceAccount ${serviceAccount || 'default'} of namespace ${namespace}` : 'anyone';

/** A rendered service whose workload is gone, or wears other labels than the graph gives it. */
function missingWorkloads(model: Model): Hit[] {
  return connectivityOf(model).missing.map(({ id, labels, namespace }) => ({
    file: 'zero-trust.yaml',
    message: `${id} is declared, but no workload that GitOps reaches runs pods ${formatLabels(labels)} in namespace ${namespace}: none of its connections exists`,
    fix: `Give its pods the labels ${formatLabels(labels)}, list its file in apps/kustomization.yaml, or remove the service from zero-trust.yaml.`,
  }));
}
