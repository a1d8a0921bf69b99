import { join } from 'node:path';
import { parse } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import type { Dict, KubeObject } from './cluster.ts';
import { constraintKinds } from './constraint-kinds.ts';
import { must } from './process.ts';
import { documents, type Repository } from './repositories.ts';
import { folder } from './suite.ts';
import { charts, readUpstream } from './upstream.ts';

export interface Layer {
  name: string;
  /** Who applies it. */
  serviceAccount: string;
  after: string[];
  /** Families of kinds that are there once the layer is ready. */
  brings: string[];
  /** Kinds that a controller makes of its objects. */
  makes: KubeObject[];
  objects: KubeObject[];
}

interface LayerSpec {
  path: string;
  dependsOn?: { name: string }[];
  sourceRef: { name: string };
  serviceAccountName: string;
}

/** Upstream repositories that a layer applies a folder of, and the families of kinds in it. */
const SOURCES: Record<string, string[]> = {
  'https://github.com/kubernetes-sigs/gateway-api': ['gateway-api'],
  'https://github.com/envoyproxy/gateway': ['envoy-gateway'],
  'https://github.com/kyverno/kyverno': ['kyverno', 'policy-reports'],
  'https://github.com/external-secrets/external-secrets': ['external-secrets'],
};

export const kustomize = (dir: string): KubeObject[] => parseStream(must('kustomize', ['build', dir]));

const built = new Map<string, KubeObject[]>();

/** The same files are built once, whatever repository they are in. */
function build(dir: string, path: string, files: Files): KubeObject[] {
  const own = [...files].filter(([file]) => file.startsWith(`${path}/`));
  const key = JSON.stringify(own);
  const objects = built.get(key) ?? kustomize(join(dir, path));
  built.set(key, objects);
  return objects;
}

export const parseStream = (text: string): KubeObject[] =>
  text.split(/^---$/m).flatMap((one) => (parse(one) as KubeObject | null) ?? []);

/** The layers as the files of `clusters/` say them, each with what `kustomize build` makes of its folder. */
export function layers({ files, plan }: Repository): Layer[] {
  const dir = folder(files);
  const entry = documents(files, (path) => path.startsWith(`clusters/${plan.name}/`)).map(
    ({ object }) => object,
  );
  const source = (name: string) =>
    entry.find(({ kind, metadata }) => kind === 'GitRepository' && metadata.name === name);
  return entry
    .filter(({ apiVersion }) => apiVersion.startsWith('kustomize.toolkit.fluxcd.io/'))
    .map(({ metadata, spec }) => {
      const { path, dependsOn = [], sourceRef, serviceAccountName } = spec as LayerSpec;
      const foreign = source(sourceRef.name);
      const objects = foreign ? [] : build(dir, path.replace('./', ''), files);
      const url = (foreign?.spec as Dict | undefined)?.url as string | undefined;
      return {
        name: metadata.name,
        serviceAccount: serviceAccountName,
        after: dependsOn.map(({ name }) => name),
        objects,
        makes: constraintKinds(objects),
        brings: url ? (SOURCES[url] ?? unknown(url)) : ofCharts(objects),
      };
    });
}

function unknown(url: string): never {
  throw new Error(`which kinds ${url} brings is not known to layers.ts`);
}

/** A chart brings its family's kinds, unless the release leaves them out. */
function ofCharts(objects: KubeObject[]): string[] {
  const known = charts();
  return objects
    .filter(({ kind }) => kind === 'HelmRelease')
    .flatMap(({ metadata, spec }) => {
      const { chart, chartRef, install } = spec as {
        chart?: { spec: { chart: string } };
        chartRef?: { name: string };
        install?: { crds?: string };
      };
      const source = objects.find(
        (one) => one.kind === 'OCIRepository' && one.metadata.name === chartRef?.name,
      )?.spec as { url: string } | undefined;
      const name = chart?.spec.chart ?? source?.url.split('/').at(-1) ?? '';
      const isTemplated = TEMPLATED.has(name);
      if (install?.crds === 'Skip' && !isTemplated) return [];
      return known.get(name)?.family ?? unknown(`chart ${name} of ${metadata.name}`);
    });
}

/** Charts whose kinds are ordinary templates, which `crds: Skip` does not concern. */
const TEMPLATED = new Set(['base', 'cert-manager']);

/** Everything that must be ready before a layer, and what that must wait for. */
export function before(layer: Layer, all: Layer[]): Layer[] {
  const found = new Set<Layer>();
  const visit = ({ after }: Layer) => {
    for (const one of all.filter(({ name }) => after.includes(name))) {
      if (found.has(one)) continue;
      found.add(one);
      visit(one);
    }
  };
  visit(layer);
  return [...found];
}

/** `group/kind` → family, of every kind that upstream data has. */
export function families(): Map<string, string> {
  const rows = readUpstream('crds.tsv')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));
  return new Map(rows.reverse().map(([family, , , group, kind]) => [`${group}/${kind}`, family!]));
}
