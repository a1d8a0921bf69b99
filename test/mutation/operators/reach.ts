import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { edited, edits, isList, put, remove, title, type Operators } from '../mutant.ts';
import type { Place, Repository } from '../repository.ts';

/** Objects and files that GitOps no longer finds. */
export const REACH: Operators = {
  // The object goes, and its entry with it: a deletion done properly.
  'reach/delete-object': function* (repository) {
    for (const place of objects(repository)) {
      const changes = () => withoutObject(repository, place);
      yield { file: place.file, what: `${title(place.object)} deleted`, changes };
    }
  },
  'reach/delete-file': function* (repository) {
    for (const { file } of firsts(repository)) {
      yield { file, what: `${file} deleted, its entry left`, changes: () => new Map([[file, null]]) };
    }
  },
  'reach/drop-entry': edits(/Kustomization/, (list) => itemsOf(list, 'resources')),
  'reach/drop-patch': edits(/Kustomization/, (list) => itemsOf(list, 'patches')),
  'reach/rename-entry': edits(/Kustomization/, (list) =>
    entries(list).map((entry: string, index: number) =>
      put(['resources', index], entry.replace(/(\.yaml)?$/, '-old$1')),
    ),
  ),
  'reach/remote-entry': edits(/Kustomization/, (list) =>
    isList(list)
      ? [
          put(
            ['resources', entries(list).length],
            'https://raw.githubusercontent.com/acme/base/main/all.yaml',
          ),
        ]
      : [],
  ),
  // Beside the layers, where nothing looks.
  'reach/move-file-away': function* (repository) {
    for (const { file } of firsts(repository)) {
      yield {
        file,
        what: `${file} moved to attic/`,
        changes: () => moved(repository, file, `attic/${file}`),
      };
    }
  },
  // Into a layer before those that bring its kind.
  'reach/move-file-forward': function* (repository) {
    const first = 'infrastructure/namespaces';
    for (const { file, object } of firsts(repository)) {
      const group = String(object.apiVersion).split('/')[0]!;
      const builtIn = !group.includes('.') || (group.endsWith('.k8s.io') && !group.startsWith('gateway.'));
      if (builtIn || !/^(infrastructure|security|apps)\//.test(file)) continue;
      const to = `${first}/moved-${path.basename(file)}`;
      const changes = () => {
        const list = `${first}/kustomization.yaml`;
        const after = moved(repository, file, to);
        return after.set(
          list,
          edited(repository.files.get(list)!, 0, put(['resources', 99], path.basename(to))),
        );
      };
      yield { file, what: `${file} moved to layer namespaces`, changes };
    }
  },
  'reach/layer-path': edits(/Kustomization/, ({ spec }) => [
    spec?.path && put(['spec', 'path'], `${spec.path}-old`),
  ]),
  'reach/layer-source': edits(/Kustomization/, ({ spec }) => [
    spec?.sourceRef && put(['spec', 'sourceRef', 'name'], `${spec.sourceRef.name}-old`),
  ]),
  'reach/suspend': edits(/Kustomization|HelmRelease/, (object) => [
    !isList(object) && put(['spec', 'suspend'], true),
  ]),
  'reach/post-renderer': edits(/HelmRelease/, () => {
    const patch = 'spec: { template: { spec: { hostNetwork: true } } }';
    const kustomize = { patches: [{ target: { kind: 'Deployment' }, patch }] };
    return [put(['spec', 'postRenderers'], [{ kustomize }])];
  }),
  'reach/chart-source': edits(/HelmRelease/, ({ spec }) => [
    spec.chartRef && put(['spec', 'chartRef', 'name'], `${spec.chartRef.name}-old`),
    spec.chart &&
      put(['spec', 'chart', 'spec', 'sourceRef', 'name'], `${spec.chart.spec.sourceRef.name}-old`),
    spec.chart && put(['spec', 'chart', 'spec', 'sourceRef', 'kind'], 'GitRepository'),
  ]),
};

const objects = ({ places }: Repository) => places.filter(({ object }) => !isList(object));
const firsts = (repository: Repository) => objects(repository).filter(({ index }) => index === 0);
const entries = (list: Place['object']): string[] => (isList(list) ? (list.resources ?? []) : []);
const itemsOf = (list: Place['object'], key: string) =>
  !isList(list) ? [] : ((list[key] ?? []) as unknown[]).map((_, index) => remove([key, index]));

function withoutObject({ files, places }: Repository, { file, index }: Place): Map<string, string | null> {
  const documents = parseAllDocuments(files.get(file)!);
  documents.splice(index, 1);
  if (documents.length)
    return new Map([[file, documents.map((one) => one.toString({ lineWidth: 0 })).join('')]]);
  return new Map<string, string | null>([...withoutEntry({ files, places }, file), [file, null]]);
}

function moved(repository: Pick<Repository, 'files' | 'places'>, from: string, to: string) {
  return new Map<string, string | null>([
    ...withoutEntry(repository, from),
    [from, null],
    [to, repository.files.get(from)!],
  ]);
}

/** The list that names a file, without it. */
function withoutEntry(
  { files, places }: Pick<Repository, 'files' | 'places'>,
  file: string,
): Map<string, string> {
  for (const { file: list, object } of places) {
    const position = entries(object).findIndex(
      (one) => path.posix.join(path.posix.dirname(list), one) === file,
    );
    if (position >= 0) return new Map([[list, edited(files.get(list)!, 0, remove(['resources', position]))]]);
  }
  return new Map();
}
