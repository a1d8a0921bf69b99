import { parseAllDocuments } from 'yaml';
import type { Files } from '../../src/types/files.ts';
import type { Any, Place, Repository } from './repository.ts';

export type Path = (string | number)[];

/** One change of one value of an object; without `to` it is taken out. */
export interface Edit {
  at: Path;
  to?: unknown;
}

/** A repository with one thing broken. */
export interface Mutant {
  operator: string;
  file: string;
  /** The object and the change, for whoever reads the list of survivors. */
  what: string;
  /** Files that change; null: deleted. */
  changes: () => Map<string, string | null>;
}

/** Every way in which one kind of mistake can be made in a repository. */
export type Operator = (repository: Repository) => Iterable<Omit<Mutant, 'operator'>>;
export type Operators = Record<string, Operator>;

export const put = (at: Path, to: unknown): Edit => ({ at, to });
export const remove = (at: Path): Edit => ({ at });

/** An operator that edits objects of some kinds, each edit a mutant. `kinds`: a pattern of whole names, or nothing for all. */
export function edits(
  kinds: RegExp | null,
  of: (object: Any, repository: Repository, place: Place) => (Edit | false | undefined)[],
): Operator {
  return function* (repository) {
    for (const place of repository.places) {
      if (kinds && !new RegExp(`^(?:${kinds.source})$`).test(place.object.kind)) continue;
      if (!kinds && isList(place.object)) continue;
      for (const edit of of(place.object, repository, place)) {
        if (edit) yield mutantOf(repository, place, edit);
      }
    }
  };
}

function mutantOf({ files }: Repository, place: Place, edit: Edit): Omit<Mutant, 'operator'> {
  const { file } = place;
  return {
    file,
    what: `${title(place.object)} ${describe(place.object, edit)}`,
    changes: () => new Map([[file, edited(files.get(file)!, place.index, edit)]]),
  };
}

/** A file's text with one value of one of its documents changed; comments stay. */
export function edited(text: string, index: number, { at, to }: Edit): string {
  const documents = parseAllDocuments(text);
  const document = documents[index]!;
  if (to === undefined) document.deleteIn(at);
  else document.setIn(at, document.createNode(to, { aliasDuplicateObjects: false }));
  return documents.map((one) => one.toString({ lineWidth: 0 })).join('');
}

/** The repository's files after the change. */
export function applied(files: Files, mutant: Pick<Mutant, 'changes'>): Files {
  const after = new Map(files);
  for (const [file, text] of mutant.changes()) {
    if (text === null) after.delete(file);
    else after.set(file, text);
  }
  return after;
}

/** A `kustomization.yaml`: it names files and goes to no cluster. */
export const isList = (object: Any) => String(object.apiVersion).startsWith('kustomize.config.k8s.io/');

export function title({ kind, metadata }: Any): string {
  return [kind, [metadata?.namespace, metadata?.name].filter(Boolean).join('/')].filter(Boolean).join(' ');
}

function describe(object: Any, { at, to }: Edit): string {
  const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);
  const before = at.reduce<Any>((node, key) => node?.[key], object);
  return `${at.join('.')}: ${short(before)} → ${to === undefined ? 'removed' : short(to)}`;
}
