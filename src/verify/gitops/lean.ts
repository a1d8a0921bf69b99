import type { Hit, KubernetesObject } from '../model.ts';
import { objectsIn, toObject } from '../object.ts';

interface Parsed {
  objects: KubernetesObject[];
  problems: Hit[];
}

/**
 * Objects of a text that do not hold on to its syntax tree, which takes ten times the memory of what it says:
 * the text is parsed again when somebody asks for a position, which only findings do.
 */
export function leanObjects(file: string, text: string): Parsed {
  const { objects, problems } = objectsIn(file, text);
  const lean = objects.map(({ body }, index) =>
    toObject(file, body, (path) => again(file, text)[index]!.at(...path)),
  );
  return { objects: lean, problems };
}

/** Findings come file by file. */
let last: { file: string; text: string; objects: KubernetesObject[] } | undefined;

function again(file: string, text: string): KubernetesObject[] {
  if (last?.file !== file || last.text !== text)
    last = { file, text, objects: objectsIn(file, text).objects };
  return last.objects;
}
