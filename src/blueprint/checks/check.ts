import type { Blueprint } from '../schema.ts';
import type { Service } from '../service.ts';

/** Problems of one service beside the others, each starting with the field that it is about. */
export type Check = (service: Service, blueprint: Blueprint) => string[];

export const ref = (one: { namespace: string; name: string }) => `${one.namespace}/${one.name}`;
export const duplicates = (names: string[]) => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
