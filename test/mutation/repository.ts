import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { generate } from '../../src/generate.ts';
import type { Files } from '../../src/types/files.ts';
import { catalog } from '../support.ts';
import { withCiphertext } from './ciphertext.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- operators look at any kind
export type Any = any;

/** A YAML document for the cluster, or a `kustomization.yaml`: where it stands, and its value. */
export interface Place {
  file: string;
  /** Which document of the file. */
  index: number;
  object: Any;
}

/** A rendered repository, ready to be broken. */
export interface Repository {
  name: string;
  files: Files;
  places: Place[];
  /** Names of the namespaces that it makes. */
  namespaces: string[];
}

export const SCENARIOS = [
  'default',
  'other-options',
  'online-boutique',
  'bookinfo-full',
  'external-secrets',
  'gateway-controls',
  'gateway-controls-envoy',
  'gatekeeper',
];

/** A scenario rendered in memory, with `zero-trust.yaml`, and with ciphertext for every secret that it declares. */
export function scenario(name: string): Repository {
  const file = path.join('test/scenarios', name, 'blueprint.yaml');
  return repositoryOf(name, parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
}

export function repositoryOf(name: string, blueprint: Record<string, unknown>): Repository {
  const { secrets } = generate(blueprint, catalog, new Set()).plan;
  const sealed = new Set(secrets.map((one) => `${one.namespace}/${one.name}`));
  const files = withCiphertext(generate(blueprint, catalog, sealed));
  const places = [...files].flatMap(([file, text]) => placesIn(file, text));
  const namespaces = places
    .filter(({ object }) => object.kind === 'Namespace')
    .map(({ object }) => object.metadata.name as string);
  return { name, files, places, namespaces };
}

/** What GitOps may apply: not the files for the node's own disk, and not the good and bad objects of policy tests. */
function placesIn(file: string, text: string): Place[] {
  if (!/^(apps|clusters|infrastructure|security)\/.*\.yaml$/.test(file) || file.includes('/tests/'))
    return [];
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return [];
  return documents.map((document, index) => ({ file, index, object: document.toJS() as Any }));
}
