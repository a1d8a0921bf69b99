import type { Path } from './mutant.ts';
import type { Any } from './repository.ts';

/** A value inside an object, where it stands, and the key that holds it; items of a list have their list's. */
export interface Node {
  at: Path;
  key: string;
  value: Any;
}

/** Every value of an object, outermost first. */
export function* nodes(value: Any, at: Path = [], key = ''): Generator<Node> {
  yield { at, key, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    const list = Array.isArray(value);
    yield* nodes(child, [...at, list ? Number(name) : name], list ? key : name);
  }
}

/** Values that a key of this name holds, at any depth. */
export const under = (object: Any, key: RegExp | string): Node[] =>
  [...nodes(object)].filter(
    (node) =>
      typeof node.at.at(-1) === 'string' && (typeof key === 'string' ? node.key === key : key.test(node.key)),
  );

/** The items of the lists that a key of this name holds. */
export const itemsUnder = (object: Any, key: string): Node[] =>
  under(object, key)
    .filter(({ value }) => Array.isArray(value))
    .flatMap(({ at, value }) =>
      (value as Any[]).map((item, index) => ({ at: [...at, index], key, value: item })),
    );

/** Where the pod specification of a workload stands. */
export function podTemplate({ kind }: Any): Path | undefined {
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template'];
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? ['spec', 'template'] : undefined;
}

export const get = (object: Any, at: Path): Any => at.reduce((node, key) => node?.[key], object);
export const WORKLOADS = /Deployment|StatefulSet|DaemonSet|Job|CronJob/;
