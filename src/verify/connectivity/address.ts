import { subtract, union, type Interval } from './interval.ts';

/** Addresses of both families on one line: IPv6 first, IPv4 behind it. */
export type Addresses = Interval<bigint>[];

const IPV4 = 1n << 128n;
export const EVERYWHERE: Addresses = [[0n, IPV4 + (1n << 32n)]];

const PUBLIC_IPV4 = addressesOf('0.0.0.0/0', [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);
const PUBLIC_IPV6 = addressesOf('::/0', ['fc00::/7', 'fe80::/10']);
/**
 * Addresses of the Internet: not private (RFC 1918, 6598, 4193) and not link-local (RFC 3927, 4291), where clouds keep
 * their metadata.
 */
export const PUBLIC: Addresses = [...PUBLIC_IPV6, ...PUBLIC_IPV4];

/** Addresses of a network, or of one address; none for a text that is neither. */
export function addressesOf(cidr: string, except: string[] = []): Addresses {
  return subtract(
    network(cidr),
    except.flatMap((one) => network(one)),
  );
}

export const contains = (all: Addresses, some: Addresses): boolean => subtract(some, all).length === 0;

function network(cidr: string): Addresses {
  const [text = '', length] = cidr.split('/');
  const six = text.includes(':');
  const width = six ? 128 : 32;
  const value = six ? ipv6(text) : ipv4(text);
  const bits = Number(length ?? width);
  if (value === undefined || !Number.isInteger(bits) || bits < 0 || bits > width) return [];
  const size = 1n << BigInt(width - bits);
  const start = (value / size) * size + (six ? 0n : IPV4);
  return [[start, start + size]];
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.').map(Number);
  const valid =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  return valid ? parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) : undefined;
}

function ipv6(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  const groups = (part = '') => (part ? part.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  if (more !== undefined || missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** Sets that a message calls by name, the widest first. */
const NAMED: [name: string, addresses: Addresses][] = [
  ['any address', EVERYWHERE],
  ['any IPv4 address', addressesOf('0.0.0.0/0')],
  ['any IPv6 address', addressesOf('::/0')],
  ['every public address', PUBLIC],
  ['every public IPv4 address', PUBLIC_IPV4],
  ['every public IPv6 address', PUBLIC_IPV6],
];

/** A set of addresses for a message: `every public address`, `10.0.0.0/8, 172.16.0.0/12 and more`. */
export function formatAddresses(addresses: Addresses, most = 3): string {
  const names: string[] = [];
  let rest = union(addresses);
  for (const [name, named] of NAMED) {
    if (rest.length === 0 || !contains(rest, named)) continue;
    names.push(name);
    rest = subtract(rest, named);
  }
  // What lies at the end of the line is IPv4, which more people read.
  for (const [start, end] of rest.reverse()) {
    for (let at = start; at < end && names.length <= most;) {
      const [text, size] = largest(at, end);
      names.push(text);
      at += size;
    }
  }
  return names.slice(0, most).join(', ') + (names.length > most ? ' and more' : '');
}

function largest(at: bigint, end: bigint): [text: string, size: bigint] {
  const four = at >= IPV4;
  const value = four ? at - IPV4 : at;
  const width = four ? 32 : 128;
  let bits = 0;
  const limit = four || end <= IPV4 ? end - at : IPV4 - at;
  while (bits < width && value % (1n << BigInt(bits + 1)) === 0n && 1n << BigInt(bits + 1) <= limit) bits++;
  return [`${four ? print4(value) : print6(value)}/${width - bits}`, 1n << BigInt(bits)];
}

const print4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');

function print6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return groups.join(':').replace(/(^|:)(0(:0)+)(:|$)/, '::');
}
