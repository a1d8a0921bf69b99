import type { Endpoint, Flow } from '../../../types/connections.ts';
import type { Opening } from '../../connectivity/opening.ts';
import { groupBy } from '../../connectivity/pod-index.ts';
import { formatPorts } from '../../connectivity/port.ts';
import type { Hit, KubernetesObject } from '../../model.ts';
import { nameOf } from '../../object.ts';
import type { Path } from '../../selectors.ts';

interface Place {
  object?: KubernetesObject;
  path: Path;
}

/** A hit at an object, or at the declaration where no object is to blame. */
export function place({ object, path }: Place, message: string, fix: string): Hit {
  if (!object) return { file: 'zero-trust.yaml', message, fix };
  return { file: object.file, position: object.at(...path), object: nameOf(object), message, fix };
}

/** `a, b, c and 4 more`. */
export function list(items: string[], count = items.length, most = 4): string {
  const shown = items.slice(0, most);
  const more = count - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

export const flowText = (flows: Flow[]): string =>
  list([...new Set(flows.map(({ port, protocol }) => `${port}/${protocol}`))]);

/** `shop/a, shop/b → shop/c 8080/TCP`: those who reach the same end on the same ports, together. */
export function connectionsText({ connections, count }: Opening): string {
  const shown = connections.map((one) => ({ ...one, on: formatPorts(one.ports) }));
  const byEnd = groupBy(shown, ({ to, on }) => [`${to} ${on}`]);
  const byStart = groupBy(shown, ({ from, on }) => [`${from} ${on}`]);
  const groups = [...(byEnd.size <= byStart.size ? byEnd : byStart).values()];
  const names = (same: string[]) => [...new Set(same)].join(', ');
  const texts = groups.map(
    (same) => `${names(same.map(({ from }) => from))} → ${names(same.map(({ to }) => to))} ${same[0]!.on}`,
  );
  const more = count - connections.length;
  return texts.join('; ') + (more > 0 ? ` and ${more} more` : '');
}

/** An endpoint as a peer of a NetworkPolicy, to paste. */
export function peerText(endpoint: Endpoint): string {
  const { kind, namespace, labels, cidr, except, host } = endpoint;
  if (kind === 'cidr')
    return `[{ ipBlock: { cidr: ${cidr}${except.length ? `, except: [${except.join(', ')}]` : ''} } }]`;
  if (kind === 'host') return `(the addresses of ${host})`;
  if (kind === 'internet') return '(every public address)';
  if (kind !== 'pods') return '(no peers: any address)';
  const pods = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
  const selector = pods.length ? `, podSelector: { matchLabels: { ${pods.join(', ')} } }` : '';
  return `[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${namespace} } }${selector} }]`;
}
