import type { Service } from '../service.ts';
import type { Blueprint } from '../schema.ts';
import { duplicates, ref, type Check } from './check.ts';

const neighbours = (service: Service, { services }: Blueprint) =>
  services.filter((one) => one !== service && one.namespace === service.namespace);
const accountOf = (service: Service) => service.serviceAccount.name ?? service.name;

export const NAME_CHECKS: Check[] = [
  function lengths(service) {
    const longest = Math.max(
      0,
      ...(service.versions ?? []).map((one) => service.name.length + 1 + one.name.length),
    );
    if (service.kind === 'CronJob' && service.name.length > 52)
      return ['name: a CronJob has 52 characters at most'];
    return longest > 63 ? ['versions: name and version together are longer than 63 characters'] : [];
  },
  function account(service, blueprint) {
    const earlier = neighbours(service, blueprint).filter(
      (one) =>
        one.name !== service.name && blueprint.services.indexOf(one) < blueprint.services.indexOf(service),
    );
    const other = earlier.find((one) => accountOf(one) === accountOf(service));
    return other
      ? [`serviceAccount: ${accountOf(service)} is the account of ${other.name} too; a service needs its own`]
      : [];
  },
  function aliases(service, blueprint) {
    const taken = new Set([
      service.name,
      ...neighbours(service, blueprint).flatMap((one) => [one.name, ...one.aliases]),
    ]);
    return [
      ...duplicates(service.aliases).map((name) => `aliases: ${name} is given twice`),
      ...service.aliases
        .filter((name) => taken.has(name))
        .map((name) => `aliases: ${name} is the name of another service`),
    ];
  },
  function versions(service, blueprint) {
    const names = (service.versions ?? []).map((one) => one.name);
    const taken = new Set(
      neighbours(service, blueprint).flatMap((one) => [
        one.name,
        ...(one.versions ?? []).map((v) => `${one.name}-${v.name}`),
      ]),
    );
    return [
      ...duplicates(names).map((name) => `versions: ${name} is declared twice`),
      ...names
        .map((name) => `${service.name}-${name}`)
        .filter((name) => taken.has(name))
        .map((name) => `versions: ${name} is the name of another service`),
    ];
  },
];

/** Names that may stand once in the Blueprint. */
export function uniqueNames(blueprint: Blueprint): string[] {
  return [
    ...duplicates(blueprint.services.map(ref)).map((id) => `services: ${id} is declared twice`),
    ...duplicates(blueprint.configMaps.map(ref)).map((id) => `configMaps: ${id} is declared twice`),
    ...duplicates(blueprint.namespaces.map((one) => one.name)).map(
      (name) => `namespaces: ${name} is declared twice`,
    ),
  ];
}
