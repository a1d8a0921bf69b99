import { id, ofKind, relativeTo, type Any, type Repository } from './objects.ts';
import { danglingReferences } from './references.ts';
import {
  hostsAreLearned,
  networkIsDenied,
  peersExist,
  podsAreSound,
  repeated,
  routesArrive,
  selectorsHit,
} from './soundness.ts';

type Invariant = (repository: Repository) => string[];

function cleanTexts({ files }: Repository): string[] {
  const bad: [RegExp, string][] = [
    [/^\s*$/, 'is empty'],
    [/[ \t]+$/m, 'has blanks at the end of a line'],
    [/\r/, 'has carriage returns'],
    [/\[object Object\]|\bundefined\b/, 'prints what is not there'],
  ];
  return [...files].flatMap(([file, text]) => {
    // `${{ … }}` is GitHub's, `{{ .… }}` External Secrets' and Go's; all else should have been rendered.
    const open = /\{\{/.test(text.replace(/\$\{\{|\{\{-? *[.$]/g, '')) ? [`${file}: has unresolved {{`] : [];
    const end = /[^\n]\n$/.test(text) ? [] : [`${file}: must end with one line break`];
    return [
      ...open,
      ...end,
      ...bad.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${file}: ${what}`),
    ];
  });
}

function oneHomePerObject({ objects }: Repository): string[] {
  return repeated(objects.map((one) => `${one.apiVersion} ${id(one)}`)).map(
    (one) => `${one} is rendered twice`,
  );
}

function kustomizationEntries({ plan, files, kustomizations }: Repository): string[] {
  const sealed = plan.secrets.filter((one) => one.sealed).map((one) => one.path);
  const exists = (file: string) =>
    files.has(file) || sealed.includes(file) || files.has(`${file}/kustomization.yaml`);
  const entries = kustomizations.flatMap((one) =>
    entriesOf(one).map((entry) => ({ from: one.file, file: relativeTo(one.file, entry) })),
  );
  const missing = entries
    .filter((one) => !exists(one.file))
    .map((one) => `${one.from}: ${one.file} does not exist`);
  const own = kustomizations.map((one) => one.file);
  const layers = plan.layers.filter((one) => !one.source).map((one) => `${one.path}/`);
  const inLayers = [...files.keys(), ...sealed].filter(
    (file) =>
      layers.some((layer) => file.startsWith(layer)) &&
      /\.ya?ml$/.test(file) &&
      !file.includes('/tests/') &&
      !own.includes(file),
  );
  const wrong = inLayers.flatMap((file) => {
    const count = entries.filter((one) => one.file === file).length;
    return count === 1 ? [] : [`${file}: is listed in ${count} kustomizations`];
  });
  return [...missing, ...wrong];
}

function entriesOf({
  resources = [],
  components = [],
  patches = [],
  configMapGenerator = [],
  secretGenerator = [],
}: Any): string[] {
  const generated = [...configMapGenerator, ...secretGenerator].flatMap((one: Any) => one.files ?? []);
  const files = [...resources, ...components, ...patches.flatMap((one: Any) => one.path ?? []), ...generated];
  return files
    .map((entry: string) => entry.replace(/^[^/]+=/, ''))
    .filter((entry) => !/^https:|^gotk-/.test(entry));
}

/** Each layer is applied by one object of the GitOps engine, after the layers that it waits for. */
function layersAreApplied({ plan, objects }: Repository): string[] {
  if (plan.choices['gitops'] !== 'flux') return [];
  const applying = new Map(
    ofKind(objects, 'Kustomization').map((one) => [
      one.metadata.name,
      (one.spec.dependsOn ?? []).map((other: Any) => other.name as string),
    ]),
  );
  const absent = plan.layers
    .filter((one) => !applying.has(one.name))
    .map((one) => `layer ${one.name} has no Kustomization`);
  const unlike = plan.layers
    .filter(
      (one) =>
        applying.has(one.name) && String(applying.get(one.name)!.toSorted()) !== String(one.after.toSorted()),
    )
    .map(
      (one) => `layer ${one.name} waits for ${one.after}, its Kustomization for ${applying.get(one.name)}`,
    );
  const done = new Set<string>();
  for (let before = -1; before !== done.size;) {
    before = done.size;
    for (const [name, after] of applying) if (after!.every((one: string) => done.has(one))) done.add(name);
  }
  const stuck = [...applying.keys()]
    .filter((name) => !done.has(name))
    .map((name) => `Kustomization ${name} waits for ever`);
  return [...absent, ...unlike, ...stuck];
}

/** What holds for every generated repository, whatever was chosen: each returns one line per problem. */
export const INVARIANTS: Record<string, Invariant> = {
  cleanTexts,
  oneHomePerObject,
  kustomizationEntries,
  layersAreApplied,
  podsAreSound,
  selectorsHit,
  peersExist,
  routesArrive,
  networkIsDenied,
  hostsAreLearned,
  danglingReferences,
};

export const problemsOf = (repository: Repository) =>
  Object.entries(INVARIANTS).flatMap(([name, invariant]) =>
    invariant(repository).map((problem) => `${name}: ${problem}`),
  );
