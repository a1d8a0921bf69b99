import type { Files } from '../../types/files.ts';
import path from 'node:path';

/** The path that an entry of a file means, from the repository's root; undefined when it is absolute or leads outside. */
export function within(folder: string, entry: string): string | undefined {
  if (path.posix.isAbsolute(entry)) return undefined;
  const joined = path.posix.join(folder, entry).replace(/\/$/, '');
  return joined === '..' || joined.startsWith('../') ? undefined : joined;
}

/** The folder of a file; `.` at the root. */
export const folderOf = (file: string): string => path.posix.dirname(file);

/** Whether a file lies below a folder, at any depth. */
export const isBelow = (file: string, folder: string): boolean =>
  folder === '.' || file.startsWith(`${folder}/`);

/**
 * Whether kustomize would fetch an entry from elsewhere: a URL, `host/owner/repository?ref=…`, `git@…`.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/#remote-build
 */
export const isRemote = (entry: string): boolean =>
  /^[\w+.-]+:\/\//.test(entry) ||
  /^(git@|git::|gh:)/.test(entry) ||
  /^(?:\w[\w-]*\.)+[a-z]{2,}\/.+\/.+/i.test(entry) ||
  /\?(ref|version|timeout|submodules)=/.test(entry) ||
  /\.git(\/|$)/.test(entry);

/** Whether a path of the repository is a folder with files. */
export const isFolderOf = (files: Files, path: string): boolean => {
  const folder = within('.', path);
  return folder !== undefined && [...files.keys()].some((file) => isBelow(file, folder));
};
