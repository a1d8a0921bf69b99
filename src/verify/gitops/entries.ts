import type { Context } from './context.ts';
import { kustomizationFile } from './kustomization.ts';
import { isRemote, within } from './paths.ts';
import type { Repository } from './repository.ts';

interface Reader {
  repository: Repository;
  files: Set<string>;
}
type At = (string | number)[];

/** A context whose remarks and files are those of a repository. */
export function makeContext(
  reader: Reader,
  parts: Pick<Context, 'kustomization' | 'spec' | 'at' | 'folder'>,
): Context {
  const { kustomization } = parts;
  const context: Context = {
    ...parts,
    remark: (cause, at, message, more) =>
      reader.repository.remark(cause, {
        file: kustomization.file,
        position: kustomization.at(...at),
        message,
        ...more,
      }),
    readFile: (entry, at) => {
      const path = resolveEntry(reader, context, at, entry);
      if (path === undefined) return undefined;
      if (!entryFile(reader, path)) return missing(context, at, path);
      return reader.repository.files.get(path)!;
    },
  };
  return context;
}

/** The path of an entry in this repository; what is none is remarked. What exists here is never taken for a URL. */
export function resolveEntry(
  { repository }: Reader,
  context: Context,
  at: At,
  entry: unknown,
): string | undefined {
  if (typeof entry !== 'string' || entry === '') {
    context.remark('missing', at, `${at.join('.')} is no path`);
    return undefined;
  }
  const path = within(context.folder, entry);
  if (path !== undefined && (repository.files.has(path) || repository.isFolder(path))) return path;
  if (isRemote(entry)) {
    const fix = 'copy the files into this repository';
    const message = `${entry} is fetched from elsewhere: nobody reviews here what it brings`;
    context.remark('remote', at, message, { fix });
    return undefined;
  }
  if (path === undefined) context.remark('outside', at, `${entry} leads out of the repository`);
  return path;
}

/** Whether an entry is a file, which then has a part in the build. */
export function entryFile({ repository, files }: Reader, path: string): boolean {
  if (!repository.files.has(path)) return false;
  files.add(path);
  return true;
}

/** The kustomization file of a folder that an entry names; one without is remarked. */
export function entryFolder(
  { repository }: Reader,
  context: Context,
  at: At,
  path: string,
): string | undefined {
  const file = kustomizationFile(repository, path);
  if (file) return file;
  if (!repository.isFolder(path)) return missing(context, at, path);
  const fix = `list its files in ${path}/kustomization.yaml`;
  context.remark('missing', at, `the folder ${path} has no kustomization.yaml`, { fix });
  return undefined;
}

function missing(context: Context, at: At, path: string): undefined {
  const fix = `add ${path}, or remove the entry`;
  context.remark('missing', at, `${path} does not exist, so nothing of ${context.folder} is applied`, {
    fix,
  });
}
