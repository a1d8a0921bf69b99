import type { Files } from '../../types/files.ts';

/** Where GitOps starts: the folder of the cluster that the Blueprint names, else the first cluster there is. */
export function findEntry(files: Files, name: string): string | undefined {
  const clusters = new Set(
    [...files.keys()].flatMap((file) => /^clusters\/[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  );
  return clusters.has(`clusters/${name}`) ? `clusters/${name}` : [...clusters].sort()[0];
}
