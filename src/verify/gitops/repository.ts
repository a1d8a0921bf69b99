import type { Files } from '../../types/files.ts';
import type { Hit, KubernetesObject, Remark } from '../model.ts';
import { leanObjects } from './lean.ts';

/** The files of a repository, each parsed once and when it is needed, and what was met on the way. */
export interface Repository {
  files: Files;
  /** Objects of a YAML file; what cannot be read is among the problems. */
  parse: (file: string) => KubernetesObject[];
  /** Objects of a text in the place of a file. */
  read: (file: string, text: string) => KubernetesObject[];
  /** Whether a file says something, and is read without a problem, and yet holds no object. */
  isSilent: (file: string) => boolean;
  isFolder: (path: string) => boolean;
  problems: Hit[];
  remarks: Remark[];
  remark: (cause: string, hit: Hit) => void;
}

/** @param standIns texts to read in the place of those of a file */
export function openRepository(files: Files, standIns: Files = new Map()): Repository {
  const parsed = new Map<string, KubernetesObject[]>();
  const folders = foldersOf(files);
  const problems: Hit[] = [];
  const remarks: Remark[] = [];
  const seen = new Set<string>();
  const read = (file: string, text: string) => {
    const result = leanObjects(file, text);
    problems.push(...result.problems);
    return result.objects;
  };
  return {
    files,
    read,
    parse: (file) => {
      const objects = parsed.get(file) ?? read(file, standIns.get(file) ?? files.get(file) ?? '');
      parsed.set(file, objects);
      return objects;
    },
    isSilent: (file) =>
      /^\s*[^\s#-]/m.test(files.get(file) ?? '') && !problems.some((one) => one.file === file),
    isFolder: (path) => folders.has(path),
    problems,
    remarks,
    remark: (cause, hit) => {
      const key = JSON.stringify([cause, hit]);
      if (!seen.has(key)) remarks.push({ cause, ...hit });
      seen.add(key);
    },
  };
}

function foldersOf(files: Files): Set<string> {
  const folders = new Set(['.']);
  for (const file of files.keys()) {
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}
