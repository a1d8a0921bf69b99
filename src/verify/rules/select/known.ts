import type { Model } from '../../model.ts';
import { idOf, type Reference } from '../../references.ts';
import { dig, text } from '../../selectors.ts';
import { isObject } from '../../object.ts';
import { fetchedKeys, fetchedName } from '../../secrets/fetched.ts';
import { BROUGHT } from './brought.ts';
import { gatewayServices } from './gateway-service.ts';

interface Known {
  ids: Set<string>;
  /** Keys of Secrets and ConfigMaps, as far as they can be told. */
  keys: Map<string, Set<string>>;
  charts: Set<string>;
}

const cache = new WeakMap<Model, Known>();

/** Whether what a reference names is in the repository, or is made by somebody who is known. */
export function exists(model: Model, kind: string, namespace: string, name: string): boolean {
  const { ids, charts } = knownTo(model);
  const id = idOf(kind, namespace, name);
  return ids.has(id) || BROUGHT.some((one) => one.id.test(id) && (!one.chart || charts.has(one.chart)));
}

/** Keys that a reference reads and its Secret or ConfigMap does not have. */
export function missingKeys(model: Model, { kind, namespace, name, keys }: Reference): string[] {
  const has = knownTo(model).keys.get(idOf(kind, namespace, name));
  return has ? keys.filter((key) => !has.has(key)) : [];
}

function knownTo(model: Model): Known {
  const found = cache.get(model);
  if (found) return found;
  const known: Known = { ids: new Set(), keys: new Map(), charts: new Set() };
  for (const object of [...model.objects, ...(model.bootstrapped ?? [])]) {
    known.ids.add(idOf(object.kind, object.namespace, object.name));
    addMade(known, object);
  }
  addDeclared(known, model);
  for (const { namespace, name } of gatewayServices(model)) known.ids.add(idOf('Service', namespace, name));
  cache.set(model, known);
  return known;
}

function addKeys(known: Known, id: string, keys: string[]): void {
  known.ids.add(id);
  known.keys.set(id, new Set([...(known.keys.get(id) ?? []), ...keys]));
}

const keysOf = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : []);

/** What a controller makes of an object. */
function addMade(known: Known, object: Model['objects'][number]): void {
  const { kind, namespace, name, body } = object;
  const spec = dig(body, 'spec');
  const secret = (made: string, keys: string[]) => addKeys(known, idOf('Secret', namespace, made), keys);
  if (kind === 'Secret') secret(name, [...keysOf(body['data']), ...keysOf(body['stringData'])]);
  if (kind === 'ConfigMap')
    addKeys(known, idOf(kind, namespace, name), [...keysOf(body['data']), ...keysOf(body['binaryData'])]);
  if (kind === 'SealedSecret') {
    const made = text(dig(spec, 'template', 'metadata', 'name')) || name;
    secret(made, [...keysOf(dig(spec, 'encryptedData')), ...keysOf(dig(spec, 'template', 'data'))]);
  }
  if (kind === 'ExternalSecret') {
    const keys = fetchedKeys(object);
    if (keys) secret(fetchedName(object), keys);
    else known.ids.add(idOf('Secret', namespace, fetchedName(object)));
  }
  // https://cert-manager.io/docs/usage/certificate/#target-secret
  if (kind === 'Certificate') secret(text(dig(spec, 'secretName')), ['tls.crt', 'tls.key', 'ca.crt']);
  if (kind === 'HelmRelease') {
    const chart = text(dig(spec, 'chart', 'spec', 'chart')) || text(dig(spec, 'chartRef', 'name'));
    known.charts.add(chart).add(name);
  }
}

/** What the graph declares and the repository does not hold: pending Secrets, and objects that users keep elsewhere. */
function addDeclared(known: Known, { declared }: Model): void {
  const { secrets, services, endpoints, provides, inputs } = declared;
  for (const one of secrets) addKeys(known, idOf('Secret', one.namespace, one.name), one.keys);
  const rendered = new Set(services.filter((one) => !one.own).map((one) => `${one.namespace}/${one.name}`));
  for (const { namespace, serviceNames, serviceAccount } of services.filter((one) => one.own)) {
    for (const name of serviceNames) known.ids.add(idOf('Service', namespace, name));
    known.ids.add(idOf('ServiceAccount', namespace, serviceAccount.name));
  }
  // Accounts that charts and controllers make for their pods.
  for (const { id, namespace, serviceAccount } of endpoints) {
    if (serviceAccount && !rendered.has(id)) known.ids.add(idOf('ServiceAccount', namespace, serviceAccount));
  }
  const engine = text(provides['gitops']?.['namespace']);
  const decryption = provides['secrets']?.['decryption'];
  // Made by hand from the private key, once: bootstrap/.
  if (isObject(decryption)) known.ids.add(idOf('Secret', engine, text(decryption['secret'])));
  const namespaces = [
    engine,
    inputs['scraperNamespace'],
    ...list(inputs['exemptNamespaces']),
    ...list(provides['distribution']?.['systemNamespaces']),
  ];
  for (const name of namespaces) known.ids.add(idOf('Namespace', '', text(name)));
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
