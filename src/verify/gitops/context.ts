import type { Hit, KubernetesObject } from '../model.ts';

/** The kustomization that is being built: its fields, where they stand, and what its paths are relative to. */
export interface Context {
  /** The object whose fields these are: a kustomization file's, or a layer's of the engine. */
  kustomization: KubernetesObject;
  spec: Record<string, unknown>;
  /** Where the fields stand in the object. */
  at: (string | number)[];
  folder: string;
  /** The text of a file that an entry names; what cannot be read is remarked. */
  readFile: (entry: unknown, at: (string | number)[]) => string | undefined;
  remark: (cause: string, at: (string | number)[], message: string, more?: Partial<Hit>) => void;
}
