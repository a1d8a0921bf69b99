/** CPU in cores, memory in bytes. */
export interface Requests {
  cpu: number;
  memory: number;
}

/** What a container that names no request gets, from the LimitRange of its namespace. */
export const DEFAULT_REQUEST = { cpu: '50m', memory: '64Mi' };

const UNITS: Record<string, number> = { '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const BINARY: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A Kubernetes quantity as a number. */
export function amount(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(text) ?? [];
  return Number(number) * (BINARY[unit] ?? UNITS[unit] ?? 1);
}

export const cores = (value: number) => `${Math.ceil(Math.round(value * 1e6) / 1e3)}m`;
export const mebibytes = (value: number) => `${Math.ceil(value / 2 ** 20)}Mi`;

/** No less than the scheduler counts. Of init containers it takes the largest; here all are added, since those that run on add up. */
export function podRequests(spec: Record<string, unknown>): Requests {
  const of = (key: string) => ((spec[key] ?? []) as Container[]).map(containerRequests);
  const [main, init] = [of('containers'), of('initContainers')];
  const total = (key: keyof Requests) =>
    main.reduce((sum, one) => sum + one[key], 0) + init.reduce((sum, one) => sum + one[key], 0);
  return { cpu: total('cpu'), memory: total('memory') };
}

interface Container {
  resources?: { requests?: Record<string, unknown>; limits?: Record<string, unknown> };
}

/** The API server takes the limit where there is no request, the LimitRange's default where there is neither. */
function containerRequests({ resources: { requests = {}, limits = {} } = {} }: Container): Requests {
  const of = (key: keyof Requests) => amount(String(requests[key] ?? limits[key] ?? DEFAULT_REQUEST[key]));
  return { cpu: of('cpu'), memory: of('memory') };
}
