import { edits, put, remove, type Edit, type Operators } from '../mutant.ts';
import { itemsUnder, under } from '../nodes.ts';
import type { Any } from '../repository.ts';

/** NetworkPolicies that open more, or less, than the graph declares. */
export const NETWORK: Operators = {
  'network/widen-cidr': policies((policy) =>
    under(policy, 'cidr').flatMap(({ at, value }) =>
      [put(at, wider(value)), put(at, value.includes(':') ? '::/0' : '0.0.0.0/0')].filter(
        ({ to }) => to !== value,
      ),
    ),
  ),
  'network/move-cidr': policies((policy) =>
    under(policy, 'cidr').map(({ at, value }) =>
      put(at, value.includes(':') ? '2001:db8:ffff::/48' : '198.51.100.0/24'),
    ),
  ),
  'network/drop-except': policies((policy) =>
    under(policy, 'except').flatMap(({ at, value }) => [
      remove(at),
      ...(value as Any[]).map((_, index) => remove([...at, index])),
    ]),
  ),
  'network/drop-ports': policies((policy) => rules(policy).map(({ at }) => remove([...at, 'ports']))),
  'network/empty-ports': policies((policy) => rules(policy).map(({ at }) => put([...at, 'ports'], []))),
  'network/add-port': policies((policy) =>
    rules(policy).map(({ at, value }) =>
      put([...at, 'ports', value.ports?.length ?? 0], { port: 9999, protocol: 'TCP' }),
    ),
  ),
  'network/change-port': policies((policy) =>
    ports(policy).map(({ at, value }) => put([...at, 'port'], value.port + 1)),
  ),
  'network/named-port': policies((policy) =>
    ports(policy).map(({ at }) => put([...at, 'port'], 'no-such-port')),
  ),
  'network/remove-port': policies((policy) => ports(policy).map(({ at }) => remove(at))),
  'network/port-range': policies((policy) =>
    ports(policy).map(({ at, value }) => put([...at, 'endPort'], value.port + 10)),
  ),
  'network/any-port': policies((policy) => ports(policy).map(({ at }) => remove([...at, 'port']))),
  'network/protocol': policies((policy) =>
    ports(policy).map(({ at, value }) => put([...at, 'protocol'], value.protocol === 'UDP' ? 'TCP' : 'UDP')),
  ),
  'network/remove-rule': policies((policy) => rules(policy).map(({ at }) => remove(at))),
  'network/remove-direction': policies((policy) => directions(policy).map((key) => remove(['spec', key]))),
  'network/allow-all': policies((policy) =>
    (policy.spec.policyTypes as string[]).map((type) => put(['spec', type.toLowerCase()], [{}])),
  ),
  'network/empty-rule': policies((policy) => rules(policy).map(({ at }) => put(at, {}))),
  'network/remove-peer': policies((policy) => peers(policy).map(({ at }) => remove(at))),
  'network/drop-peers': policies((policy) =>
    rules(policy).flatMap(({ at, value }) => {
      const key = value.from ? 'from' : 'to';
      return value[key] ? [remove([...at, key]), put([...at, key], [])] : [];
    }),
  ),
  'network/add-peer': policies((policy) =>
    rules(policy).flatMap(({ at, value }) => {
      const key = at[1] === 'ingress' ? 'from' : 'to';
      const end = [...at, key, value[key]?.length ?? 0];
      return value[key] ? [put(end, { namespaceSelector: {} }), put(end, { podSelector: {} })] : [];
    }),
  ),
  'network/half-peer': policies((policy) =>
    peers(policy).flatMap(({ at, value }) =>
      ['podSelector', 'namespaceSelector']
        .filter((key) => value[key] && Object.keys(value).length > 1)
        .map((key) => remove([...at, key])),
    ),
  ),
  // One dash too many: what was "and" becomes "or".
  'network/split-peer': policies((policy) =>
    rules(policy).flatMap(({ at, value }) => {
      const key = value.from ? 'from' : 'to';
      const list = (value[key] ?? []) as Any[];
      return list.some((one) => Object.keys(one).length > 1)
        ? [
            put(
              [...at, key],
              list.flatMap((one) => Object.entries(one).map((pair) => Object.fromEntries([pair]))),
            ),
          ]
        : [];
    }),
  ),
  'network/drop-policy-type': policies(({ spec }) => [
    ...(spec.policyTypes as string[]).map((_, index) => remove(['spec', 'policyTypes', index])),
    put(['spec', 'policyTypes'], []),
  ]),
  'network/all-pods': policies(({ spec }) => [
    Object.keys(spec.podSelector).length > 0 && put(['spec', 'podSelector'], {}),
  ]),
};

function policies(of: (policy: Any) => (Edit | false)[]) {
  return edits(/NetworkPolicy/, of);
}

const directions = ({ spec }: Any) => ['ingress', 'egress'].filter((key) => spec[key]);
const rules = (policy: Any) =>
  directions(policy).flatMap((key) =>
    (policy.spec[key] as Any[]).map((value, index) => ({ at: ['spec', key, index], value })),
  );
const ports = (policy: Any) => itemsUnder(policy, 'ports');
const peers = (policy: Any) => [...itemsUnder(policy, 'from'), ...itemsUnder(policy, 'to')];

/** An address range eight bits wider, with what the longer mask cut off. */
function wider(cidr: string): string {
  const [address, length] = cidr.split('/') as [string, string];
  const bits = Math.max(0, Number(length) - 8);
  if (cidr.includes(':')) return `${address}/${bits}`;
  const parts = address.split('.').map((part, index) => (index * 8 < bits ? part : '0'));
  return `${parts.join('.')}/${bits}`;
}
