import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalog } from '../support.ts';
import { FAMILIES } from './upstream.ts';

interface Source {
  repo: string;
  tag: string;
  version?: string;
  copy: { from: string; to: string }[];
  build?: { to: string };
}

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const families = parse(read('upstream.yaml')) as Record<string, Source[]>;
const sources = Object.values(families).flat();

const made = Object.entries(families).flatMap(([family, all]) =>
  all.flatMap(({ copy, build, tag, version = tag }) =>
    [...copy, ...(build ? [build] : [])].map(({ to }) => ({ path: `${family}/${to}`, version })),
  ),
);

const components = [catalog.base, ...catalog.slots.flatMap((slot) => slot.components)];
const versions = components.find(({ name }) => name === 'flux')!.versions;

/** A version as its component pins it: `{name}` is one of the component's versions. */
const pinned = components.flatMap(({ layers, releases, versions }) => {
  const fill = (text: string) => text.replace(/\{(\w+)\}/, (_, name: string) => versions[name]!);
  return {
    layers: layers.flatMap(({ source }) => (source ? { ...source, tag: fill(source.tag) } : [])),
    releases: releases.map(({ chart, version }) => ({ chart, version: fill(version) })),
  };
});

test('upstream data has every family and file that the engine tests read', () => {
  const texts = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts'))
    .map(read);
  const named = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:crds|readUpstream|upstream)\('([^'.]+[^']*)'/g),
  ]);
  const wanted = [...FAMILIES.map((family) => `${family}/crds`), ...named.map((match) => match[1]!)];
  const paths = [...made.map(({ path }) => path), 'crds.tsv'];
  const lacking = wanted.filter(
    (want) =>
      !paths.some((path) => path === want || path.startsWith(`${want}/`) || want.startsWith(`${path}/`)),
  );
  expect(lacking).toEqual([]);
  expect(named.length).toBeGreaterThan(3);
});

test('upstream data has the tags that components apply folders of', () => {
  const wanted = [
    ...pinned.flatMap(({ layers }) => layers.map(({ url, tag }) => `${url} ${tag}`)),
    `https://github.com/fluxcd/flux2 ${versions.flux}`,
  ];
  const repos = wanted.map((one) => one.split(' ')[0]);
  const found = sources.map(({ repo, tag }) => `https://github.com/${repo} ${tag}`);
  expect([...new Set(found.filter((one) => repos.includes(one.split(' ')[0])))].sort()).toEqual(
    wanted.sort(),
  );
});

test('upstream data has the charts that components install, in the pinned versions', () => {
  const charts = made
    .filter(({ path }) => /^[^/]+\/(chart$|charts\/)/.test(path))
    .map(({ path, version }) => `${basename(path.replace(/\/chart$/, ''))} ${version}`);
  const wanted = pinned.flatMap(({ releases }) =>
    releases.map(({ chart, version }) => `${chart} ${version}`),
  );
  expect(wanted.filter((chart) => !charts.includes(chart))).toEqual([]);
});
