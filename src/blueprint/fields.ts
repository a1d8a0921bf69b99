import * as z from 'zod';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const HOST = /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Text that YAML, Kubernetes and a process can carry. */
export const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL byte');

/** A DNS label as Kubernetes names namespaces and Services (RFC 1123, 63 characters at most). */
export const label = z
  .string()
  .max(63, 'is longer than the 63 characters of a Kubernetes label')
  .regex(LABEL, 'use lower-case letters, digits and "-", starting and ending with a letter or digit');

/** A Service's name: a label that starts with a letter (RFC 1035). */
export const serviceName = label.refine(
  (value) => !/^\d/.test(value),
  'starts with a digit, but a Service name starts with a letter',
);

/** A container port or Service port name: 15 characters at most, as the IANA rule in Kubernetes asks. */
export const portName = z
  .string()
  .max(15, 'a port name has 15 characters at most')
  .regex(LABEL, 'use lower-case letters, digits and "-"')
  .regex(/[a-z]/, 'a port name has at least one letter');

export const port = z.int().min(1, 'a port is 1 to 65535').max(65535, 'a port is 1 to 65535');

/** A DNS name without scheme, port or path. */
export const host = z
  .string()
  .refine((value) => !value.includes('://'), {
    message: 'give the name alone, without "https://"',
    abort: true,
  })
  .max(253)
  .regex(HOST, 'is no DNS name, for example shop.example.com');

export const domain = host.refine((value) => !value.startsWith('*'), 'give the domain without a wildcard');

/** An image with a tag or a digest: an image without either means whatever `latest` is that day. */
export const image = z
  .string()
  .regex(/^[^\s@]+(@sha256:[a-f0-9]{64})?$/, 'is no image reference')
  .refine((value) => value.includes('@sha256:') || /:[\w][\w.-]{0,127}$/.test(value), {
    message: 'has neither tag nor digest: write name:tag or, better, name@sha256:…',
  })
  .refine((value) => value.includes('@') || !value.endsWith(':latest'), {
    message: 'must not be ":latest": name a version or a digest',
  });

/** An IPv4 or IPv6 network without host bits. */
export const cidr = z.string().check((context) => {
  const problem = cidrProblem(context.value);
  if (problem) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

export const quantity = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(
    z
      .string()
      .regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, 'is no Kubernetes quantity, for example 100m or 64Mi'),
  );

/** A group of people as the identity provider names it. Kubernetes keeps `system:` for itself. */
export const groupName = z
  .string()
  .regex(/^[^\s,\p{Cc}]+$/u, 'is no name of a group: leave blanks and commas out')
  .refine(
    (value) => !value.startsWith('system:'),
    'groups that start with "system:" are those of Kubernetes',
  );

export const absolutePath = text.regex(/^\//, 'start with "/"');

/** A path as HTTPRoute matches it (Gateway API, HTTPPathMatch.value). */
export const routePath = z
  .string()
  .regex(/^\//, { message: 'start with "/"', abort: true })
  .refine((path) => !path.includes('*'), {
    message: 'a path needs no "*": a prefix matches what follows it',
    abort: true,
  })
  .regex(
    /^(?:[-A-Za-z0-9/._~!$&'()+,;=:@]|%[0-9a-fA-F]{2})+$/,
    'holds characters that a path of a route cannot have',
  )
  .refine(
    (path) => !/\/\/|\/\.{1,2}(\/|$)|%2f/i.test(path),
    'must be plain: without "//", "/./", "/../" and "%2f"',
  );

/**
 * A regular expression that says who is trusted: over the whole text, dots escaped, alternatives in one pair of parentheses,
 * so that nobody else's name fits as well.
 */
export const expression = z
  .string()
  .refine((value) => /^\^[\s\S]*[^\\](\\\\)*\$$/.test(value), {
    message: 'must match from start to end: write ^…$, for example ^https://git\\.example\\.com/acme/.+$',
    abort: true,
  })
  .refine((value) => !/^\^(\.|\[\^|\$)/.test(value), {
    message: 'starts with a wildcard, so it trusts everybody: start with literal text',
    abort: true,
  })
  .refine((value) => !/(?<!\\)\.(?![*+?{])/.test(value), {
    message: 'has a dot that stands for any character: write \\. for a dot, .* or .+ for any text',
    abort: true,
  })
  .refine(
    (value) => /^(?:[^|()\\\s]|\\\S|\((?!\?)[^()\s]*\))+$/.test(value) && isRegExp(value),
    'is no regular expression that is easy to trust: no blanks, and alternatives only in one pair of parentheses, (a|b)',
  );

export const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'is no name of an environment variable');

/** The names Kubernetes gives a qualified key: `prefix/name`, the name 63 characters at most. */
export const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'is no label key',
  );
export const labelValue = z
  .string()
  .max(63, 'is longer than the 63 characters of a label value')
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 'is no label value');

/** Where clouds keep the metadata of a node, its credentials among them, by both families. */
export const METADATA_ADDRESSES = ['169.254.169.254', 'fd00:ec2::254'];

/** Whether a network that has passed `cidr` holds an address. */
export function holds(network: string, address: string): boolean {
  const [start = '', length] = network.split('/');
  const six = start.includes(':');
  if (six !== address.includes(':')) return false;
  const value = (text: string) => (six ? ipv6(text) : ipv4(text))!.value;
  const hostBits = BigInt((six ? 128 : 32) - Number(length));
  return value(start) >> hostBits === value(address) >> hostBits;
}

function cidrProblem(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = address.includes(':') ? ipv6(address) : ipv4(address);
  if (!bits || rest.length) return 'is no network, for example 10.0.0.0/8 or 2001:db8::/32';
  const width = address.includes(':') ? 128 : 32;
  if (length === undefined) return `has no prefix length; did you mean ${address}/${width}?`;
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return `has a prefix length outside 0 to ${width}`;
  const hostBits = BigInt(width - Number(length));
  const network = (bits.value >> hostBits) << hostBits;
  if (network === bits.value) return undefined;
  return `has host bits set; did you mean ${bits.print(network)}/${length}?`;
}

function ipv4(text: string): { value: bigint; print: (value: bigint) => string } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return;
  const value = parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  return { value, print: (v) => [24n, 16n, 8n, 0n].map((shift) => (v >> shift) & 255n).join('.') };
}

function ipv6(text: string): { value: bigint; print: (value: bigint) => string } | undefined {
  if (!z.ipv6().safeParse(text).success || text.includes('.')) return;
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part ? part.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail ?? '').length;
  const all = [
    ...groups(head),
    ...Array<string>(tail === undefined ? 0 : missing).fill('0'),
    ...groups(tail ?? ''),
  ];
  const value = all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return { value, print: printIpv6 };
}

function printIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return groups.join(':').replace(/(^|:)(0(:0)+)(:|$)/, '::');
}

function isRegExp(value: string): boolean {
  try {
    return Boolean(new RegExp(value));
  } catch {
    return false;
  }
}
