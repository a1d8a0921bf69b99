import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

/** Where upstream's CRDs and charts lie, one folder per family: UPSTREAM_DIR, else `../shared/upstream`. */
const dir = resolve(process.env.UPSTREAM_DIR || join(import.meta.dirname, '../../../shared/upstream'));

export const hasUpstream = (): boolean => existsSync(dir);

export const upstream = (...parts: string[]): string => join(dir, ...parts);

export const readUpstream = (...parts: string[]): string => readFileSync(upstream(...parts), 'utf8');

/** Families of the kinds that we render; of the two Gateway APIs the one that we pin. */
export const FAMILIES =
  'gateway-api istio cilium cert-manager envoy-gateway kyverno policy-reports gatekeeper sealed-secrets external-secrets flux trivy-operator gke-gateway-api'
    .split(' ')
    .filter((family) => family !== 'gke-gateway-api' || hasFamily(family));

/** Data that was made before a family was listed does not have it. */
export function hasFamily(family: string): boolean {
  return existsSync(upstream(family));
}

export const crds = (family: string): string[] => filesOf(upstream(family, 'crds'), '.yaml');

export function filesOf(folder: string, ending: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries
    .filter((entry) => entry.endsWith(ending))
    .sort()
    .map((entry) => join(folder, entry));
}

export interface Chart {
  folder: string;
  family: string;
  version: string;
}

/** Upstream's charts by name. */
export function charts(): Map<string, Chart> {
  const found = readdirSync(dir).flatMap((family) =>
    ['chart', 'charts']
      .flatMap((part) =>
        existsSync(upstream(family, part)) ? filesOf(upstream(family, part), 'Chart.yaml') : [],
      )
      .map((file) => ({ family, file })),
  );
  // A chart's own charts come after it and must not hide one of the same name.
  const byDepth = found.sort((a, b) => b.file.length - a.file.length);
  return new Map(
    byDepth.map(({ family, file }) => {
      const { name, version } = parse(readFileSync(file, 'utf8')) as { name: string; version: string };
      return [name, { folder: dirname(file), family, version }];
    }),
  );
}
