import type { Blueprint } from '../schema.ts';
import { GRAPH_CHECKS } from './graph.ts';
import { NAME_CHECKS, uniqueNames } from './names.ts';
import { PORT_CHECKS } from './ports.ts';
import { WORKLOAD_CHECKS } from './workload.ts';

const CHECKS = [...NAME_CHECKS, ...PORT_CHECKS, ...GRAPH_CHECKS, ...WORKLOAD_CHECKS];

/**
 * What a schema cannot say: names that must exist, names that must be unique, fields that exclude each other.
 * Every problem, each naming service and field.
 */
export function checkBlueprint(blueprint: Blueprint): string[] {
  const services = blueprint.services.flatMap((service) =>
    CHECKS.flatMap((check) => check(service, blueprint).map((text) => `services.${service.name}.${text}`)),
  );
  return [...uniqueNames(blueprint), ...services];
}
