import { isMap, isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Hit, KubernetesObject, Position } from './model.ts';
import { printable } from './printable.ts';

/** Objects of one YAML file, and what kept some of it from being read. Lists are taken apart; files of other kinds give none. */
export function objectsIn(file: string, text: string): { objects: KubernetesObject[]; problems: Hit[] } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  const objects: KubernetesObject[] = [];
  const problems: Hit[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const error = document.errors[0];
    if (error) {
      const [start] = error.linePos ?? [];
      problems.push({
        file,
        ...(start && { position: { line: start.line, column: start.col } }),
        message: error.message.split('\n')[0]!,
      });
      continue;
    }
    try {
      objects.push(...fromDocument(file, document, lines));
    } catch (error_) {
      problems.push({ file, message: (error_ as Error).message });
    }
  }
  return { objects, problems };
}

function fromDocument(file: string, document: Document, lines: LineCounter): KubernetesObject[] {
  const body = document.toJS({ maxAliasCount: 1000 }) as unknown;
  if (!isObject(body) || typeof body['apiVersion'] !== 'string' || typeof body['kind'] !== 'string')
    return [];
  const locate = (path: (string | number)[]) => positionOf(document, path, lines);
  if (body['kind'].endsWith('List') && Array.isArray(body['items'])) {
    return body['items']
      .filter(isObject)
      .map((item, index) => toObject(file, item, (path) => locate(['items', index, ...path])));
  }
  return [toObject(file, body, locate)];
}

/** An object from its parsed form; `locate` tells where a path of it stands. */
export function toObject(
  file: string,
  body: Record<string, unknown>,
  locate: (path: (string | number)[]) => Position,
): KubernetesObject {
  printable(body);
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const apiVersion = String(body['apiVersion']);
  return {
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
    kind: String(body['kind']),
    name: text(metadata['name']),
    namespace: text(metadata['namespace']),
    labels: strings(metadata['labels']),
    annotations: strings(metadata['annotations']),
    body,
    file,
    at: (...path) => locate(path),
  };
}

function positionOf(document: Document, path: (string | number)[], lines: LineCounter): Position {
  for (let length = path.length; length >= 0; length--) {
    const node = length ? document.getIn(path.slice(0, length), true) : document.contents;
    const range =
      isScalar(node) || isMap(node) || (node && typeof node === 'object' && 'range' in node)
        ? (node as { range?: [number, number, number] }).range
        : undefined;
    if (range) {
      const { line, col } = lines.linePos(range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const strings = (value: unknown) =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : {};

/** `Kind namespace/name`, as findings name an object. */
export const nameOf = (object: Pick<KubernetesObject, 'kind' | 'namespace' | 'name'>) =>
  `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}`;
