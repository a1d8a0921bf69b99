import type { Service } from '../service.ts';
import { holds, METADATA_ADDRESSES } from '../fields.ts';
import { didYouMean } from '../../suggest.ts';
import { duplicates, type Check } from './check.ts';

/** Labels that selectors, Services and policies rely on. */
const RESERVED_LABELS = ['app', 'version', 'app.kubernetes.io/name'];

type Use = Service['secrets'][number] | Service['configMaps'][number];
const secretsOf = (service: Service, version?: NonNullable<Service['versions']>[number]) => [
  ...service.secrets,
  ...(version?.secrets ?? []),
];
const versionsOf = (service: Service) => service.versions ?? [undefined];

/** The network that is one address alone. */
const alone = (address: string) => `${address}/${address.includes(':') ? 128 : 32}`;

export const WORKLOAD_CHECKS: Check[] = [
  function metadataAddress({ egress }) {
    return egress.flatMap((one, index) => {
      if (!('cidr' in one) || METADATA_ADDRESSES.map(alone).includes(one.cidr)) return [];
      const opened = METADATA_ADDRESSES.filter(
        (address) => holds(one.cidr, address) && !one.except?.some((other) => holds(other, address)),
      );
      return opened.map(
        (address) =>
          `egress.${index}.cidr: ${one.cidr} holds the cloud's metadata address, which gives out credentials of the node; add except: [${alone(address)}], or give ${alone(address)} itself where the service needs it`,
      );
    });
  },
  function image({ manifests, image: given, versions }) {
    if (manifests === 'own') return [];
    if (given && versions) return ['versions: each version names its image; leave out image'];
    return given || versions ? [] : ['image: is missing'];
  },
  function selector({ manifests, selector: labels }) {
    if (manifests === 'own' && !labels) return ['selector: give the labels of the pods that you keep'];
    return manifests !== 'own' && labels ? ['selector: is for manifests: own'] : [];
  },
  function schedule({ kind, schedule: given }) {
    if (kind === 'CronJob' && !given) return ['schedule: is missing for a CronJob'];
    return kind !== 'CronJob' && given ? ['schedule: is for kind: CronJob'] : [];
  },
  function storage({ kind, storage: claims, versions }) {
    if (claims.length === 0) return [];
    return kind === 'StatefulSet' && !versions
      ? []
      : ['storage: is for kind: StatefulSet; use writable for what may be lost'];
  },
  function replicas({ kind, replicas: count }) {
    return count !== undefined && !['Deployment', 'StatefulSet'].includes(kind)
      ? [`replicas: a ${kind} has none`]
      : [];
  },
  function labels(service) {
    return Object.keys(service.labels)
      .filter((key) => RESERVED_LABELS.includes(key))
      .map((key) => `labels: ${key} is set by the scaffolder`);
  },
  function initContainers(service) {
    const names = service.initContainers.map((one) => one.name);
    return [
      ...duplicates(names).map((name) => `initContainers: ${name} is declared twice`),
      ...names
        .filter((name) => name === service.name)
        .map((name) => `initContainers: ${name} is the name of the main container`),
    ];
  },
  function variables(service) {
    const keys = (use: Use) => (typeof use.env === 'object' ? Object.keys(use.env) : []);
    const found = versionsOf(service).flatMap((version) => {
      const plain = Object.keys({ ...service.env, ...version?.env });
      return duplicates([...plain, ...[...secretsOf(service, version), ...service.configMaps].flatMap(keys)]);
    });
    return [...new Set(found)].map((name) => `env: ${name} is set twice`);
  },
  function uses(service) {
    const secrets = versionsOf(service).flatMap((version) =>
      duplicates(secretsOf(service, version).map((one) => one.name)),
    );
    return [
      ...[...new Set(secrets)].map((name) => `secrets: ${name} is named twice`),
      ...duplicates(service.configMaps.map((one) => one.name)).map(
        (name) => `configMaps: ${name} is named twice`,
      ),
    ];
  },
  function configMaps(service, blueprint) {
    const known = blueprint.configMaps
      .filter((one) => one.namespace === service.namespace)
      .map((one) => one.name);
    return service.configMaps
      .filter((one) => !known.includes(one.name))
      .map(
        (one) =>
          `configMaps: no ConfigMap ${one.name} in ${service.namespace}.${didYouMean(one.name, known)}`,
      );
  },
  function secretKeys(service) {
    return versionsOf(service).flatMap((version) =>
      secretsOf(service, version).flatMap((secret) => {
        const used = [
          ...(typeof secret.env === 'object' ? Object.values(secret.env) : []),
          ...Object.keys(secret.files ?? {}),
        ];
        return used
          .filter((key) => !secret.keys.includes(key))
          .map((key) => `secrets.${secret.name}: no key ${key}; it has ${secret.keys.join(', ')}`);
      }),
    );
  },
  function files(service) {
    const idle = (use: Use) => use.files && use.env && !use.mount;
    return [
      ...service.secrets.filter(idle).map((one) => `secrets.${one.name}.files: name the folder with mount`),
      ...service.configMaps
        .filter(idle)
        .map((one) => `configMaps.${one.name}.files: name the folder with mount`),
    ];
  },
  function mounts(service) {
    const paths = [...service.writable, ...service.storage].map((one) => one.path);
    const mounted = [...service.secrets, ...service.configMaps].flatMap((one) => one.mount ?? []);
    return duplicates([...paths, ...mounted]).map((path) => `writable: ${path} is mounted twice`);
  },
  function rootUser({ root, runAs }) {
    return root && runAs?.user ? ['root: the container starts as root; leave out runAs.user'] : [];
  },
  function patch(service) {
    const given = service.patch as
      { kind?: unknown; apiVersion?: unknown; metadata?: Record<string, unknown> } | undefined;
    const moved = [
      given?.kind !== undefined && 'kind',
      given?.apiVersion !== undefined && 'apiVersion',
      ...['name', 'namespace', 'labels'].map(
        (key) => given?.metadata?.[key] !== undefined && `metadata.${key}`,
      ),
    ];
    return moved
      .filter(Boolean)
      .map((field) => `patch.${field}: would take the object out of reach of what guards it`);
  },
];
