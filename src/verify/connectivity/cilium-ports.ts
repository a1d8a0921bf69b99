import type { Protocol } from '../../types/catalog.ts';
import { dig, records, text, type Path } from '../selectors.ts';
import { fromRegex } from './http.ts';
import { ALL_PORTS, PROTOCOLS } from './port.ts';
import type { NetworkRule, PortMatch, Requests } from './types.ts';

type Body = Record<string, unknown>;
type Ports = Pick<NetworkRule, 'ports' | 'requests' | 'dnsNames'> & { at: Path };

/**
 * The ports of a rule, each `toPorts` entry with its HTTP and DNS rules. "If no layer 4 policy is specified for an endpoint,
 * the endpoint is allowed to send and receive on all layer 4 ports"; with `icmps` alone it is on none.
 * https://docs.cilium.io/en/stable/security/policy/layer4/
 */
export function ciliumPorts(rule: Body): Ports[] {
  const entries = records(rule['toPorts']);
  if (entries.length === 0 && records(rule['icmps']).length) return [];
  if (entries.length === 0) return [{ at: [], ports: [], requests: [], dnsNames: [] }];
  return entries.map((entry, index) => ({
    at: ['toPorts', index],
    ports: records(entry['ports']).flatMap(portOf),
    requests: records(dig(entry, 'rules', 'http')).map(requestsOf),
    dnsNames: records(dig(entry, 'rules', 'dns')).map(
      (one) => text(one['matchName']) || text(one['matchPattern']),
    ),
  }));
}

/** "If omitted or empty, any protocol matches. Accepted values: TCP, UDP, ""/ANY": SCTP is off unless the agent is told otherwise. */
const ANY: Protocol[] = ['TCP', 'UDP'];

/** A name is of the receiving pod's port; "EndPort is ignored if Port is a named port". */
function portOf({ port, endPort, protocol }: Body): PortMatch[] {
  const wanted = !protocol || protocol === 'ANY' ? ANY : PROTOCOLS.filter((one) => one === protocol);
  const number = Number(port);
  return wanted.map((one: Protocol): PortMatch => {
    if (Number.isNaN(number)) return { protocol: one, name: String(port) };
    if (number === 0) return { protocol: one, ports: ALL_PORTS };
    return { protocol: one, ports: [number, (typeof endPort === 'number' ? endPort : number) + 1] };
  });
}

/** "Path is an extended POSIX regex matched against the path of a request": https://docs.cilium.io/en/stable/security/policy/layer7/#http */
function requestsOf(rule: Body): Requests {
  const { method, path, host, headers, headerMatches } = rule;
  return {
    methods: text(method) ? fromRegex(text(method)) : [],
    paths: text(path) ? fromRegex(text(path)) : [],
    partial: Boolean(text(host)) || [headers, headerMatches].some((one) => Array.isArray(one) && one.length),
  };
}
