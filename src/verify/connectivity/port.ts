import type { Protocol } from '../../types/catalog.ts';
import { intersect, subtract, union, type Interval } from './interval.ts';

export interface PortRange {
  protocol: Protocol;
  ports: Interval<number>;
}

export const PROTOCOLS: Protocol[] = ['TCP', 'UDP', 'SCTP'];
export const ALL_PORTS: Interval<number> = [1, 65536];
export const EVERY_PORT: PortRange[] = PROTOCOLS.map((protocol) => ({ protocol, ports: ALL_PORTS }));

export const onePort = (port: number, protocol: Protocol): PortRange => ({
  protocol,
  ports: [port, port + 1],
});

export const hasPort = (ranges: PortRange[], port: number, protocol: Protocol): boolean =>
  ranges.some((one) => one.protocol === protocol && one.ports[0] <= port && port < one.ports[1]);

type Combine = (some: Interval<number>[], others: Interval<number>[]) => Interval<number>[];

function combine(some: PortRange[], others: PortRange[], how: Combine): PortRange[] {
  return PROTOCOLS.flatMap((protocol) => {
    const of = (ranges: PortRange[]) =>
      ranges.filter((one) => one.protocol === protocol).map((one) => one.ports);
    const mine = of(some);
    return mine.length ? how(mine, of(others)).map((ports) => ({ protocol, ports })) : [];
  });
}

export const withoutPorts = (some: PortRange[], others: PortRange[]): PortRange[] =>
  combine(some, others, subtract);
export const commonPorts = (some: PortRange[], others: PortRange[]): PortRange[] =>
  combine(some, others, intersect);
export const joinPorts = (some: PortRange[]): PortRange[] =>
  some.length < 2 ? some : combine(some, [], (mine) => union(mine));

/** `8080/TCP`, `8000-8100/TCP`, `every port`. */
export function formatPorts(ranges: PortRange[]): string {
  const joined = joinPorts(ranges);
  const parts = joined.map(({ protocol, ports: [start, end] }) => {
    if (start === ALL_PORTS[0] && end === ALL_PORTS[1]) return `every ${protocol} port`;
    return `${end - start === 1 ? start : `${start}-${end - 1}`}/${protocol}`;
  });
  if (withoutPorts(EVERY_PORT, joined).length === 0) return 'every port';
  return parts.slice(0, 4).join(', ') + (parts.length > 4 ? ' and more' : '');
}
